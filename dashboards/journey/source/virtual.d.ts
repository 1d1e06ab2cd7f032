/** The address of the script of exported pages; '' in such a page. Made by build.ts. */
declare module 'virtual:standalone' {
  const address: string;
  export default address;
}
