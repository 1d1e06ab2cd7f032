export const texts = {
  recordedRequests: 'These requests were recorded in a lab.',
  startYourOwn: 'To send your own, break something and have your lessons checked, start the lab on your computer:',
  about: 'About Waybill',
  needsLab: (command: string) =>
    `This page shows recorded requests. For this you need a lab of your own; start it in a terminal: ${command}`,
  notRecorded: 'This trace was not recorded.',
  notLoaded: (reason: string) => `A recording could not be loaded (${reason}).`,
};
