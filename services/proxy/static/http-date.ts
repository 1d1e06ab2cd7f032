// A date of HTTP (RFC 9110, 5.6.7). All three forms are UTC.
//
//   Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate, the one that is sent
//   Sunday, 06-Nov-94 08:49:37 GMT     RFC 850
//   Sun Nov  6 08:49:37 1994           asctime

const FORMS = [
  /^\w{3}, (\d\d) \w{3} \d{4} (?:[01]\d|2[0-3]):\d\d:\d\d GMT$/,
  /^\w{6,9}, (\d\d)-\w{3}-\d\d (?:[01]\d|2[0-3]):\d\d:\d\d GMT$/,
  /^\w{3} \w{3} ([ \d]\d) (?:[01]\d|2[0-3]):\d\d:\d\d \d{4}$/,
];

/** Seconds since 1970; NaN for any other text, so that every comparison with it is false. */
export function parseHttpDate(text: string): number {
  const [, day] = FORMS.map((form) => form.exec(text.trim())).find((match) => match) ?? [];
  const leap = text.includes(':60 ') ? 1 : 0; // a leap second
  const ms = Date.parse(`${text.replace(':60 ', ':59 ').replace(' GMT', '')} GMT`);
  return new Date(ms).getUTCDate() === Number(day) ? ms / 1000 + leap : Number.NaN; // February has no 31
}
