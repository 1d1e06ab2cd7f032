export const texts = {
  faultsTitle: 'Faults · Waybill',
  breakSomething: 'Break something and watch how the trace changes',
  untilYouRepairIt: 'Each fault breaks one part of the lab until you repair it. Then send a request.',
  everythingIsRepaired: 'Everything is repaired.',
  repairAll: 'Repair all',
  loadingTheFaults: 'Loading the faults',
  look: 'Look:',
  repair: 'repair',
  isSet: (title: string, value: unknown) => `${title}: ${String(value)}.`,
  repairOf: (title: string) => `Repair: ${title}`,
  isRepaired: (title: string) => `${title}: repaired.`,
};
