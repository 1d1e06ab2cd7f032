// A date as HTTP writes it (RFC 9110, 5.6.7). All three forms are UTC; whatever is written otherwise is no date.
//
//   Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate, the one that is sent
//   Sunday, 06-Nov-94 08:49:37 GMT     RFC 850
//   Sun Nov  6 08:49:37 1994           asctime

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';
const FORMS = [
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT`,
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** Seconds since 1970; NaN for what is no HTTP-date, so that every comparison with it is false. */
export function parseHttpDate(text: string): number {
  for (const form of FORMS) {
    const found = form.exec(text.trim())?.groups;
    if (found === undefined) continue;
    const [day, hour, minute, second] = [found.day, found.hour, found.minute, found.second].map(Number) as number[];
    const month = MONTHS.indexOf(found.month as string);
    const time = Date.UTC(yearOf(found.year as string), month, day, hour, minute, second);
    return new Date(time).getUTCDate() === day || second === 60 ? time / 1000 : Number.NaN; // there is no 31 February
  }
  return Number.NaN;
}

/** Two digits mean the latest year that is not more than 50 years ahead. */
function yearOf(text: string): number {
  if (text.length === 4) return Number(text);
  const thisYear = new Date().getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(text);
  return year > thisYear + 50 ? year - 100 : year;
}
