/** Text as it was sent; the keyboard can scroll it. */
export function RawText({ text }: { text: string }) {
  return (
    <pre class="head" tabIndex={0}>
      {text}
    </pre>
  );
}
