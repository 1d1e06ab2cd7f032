// dns-packet's tables of numbers, which its published types leave out.

declare module 'dns-packet/*.js' {
  const table: { toString(number: number): string };
  export default table;
}
