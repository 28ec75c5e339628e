/** `json` has been made safe for a <script>. Data, not code: no browser runs it, so it needs no nonce. */
export function JsonLd({ json }: { json: string }) {
  return <script dangerouslySetInnerHTML={{ __html: json }} type="application/ld+json" />;
}
