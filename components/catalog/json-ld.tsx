/** `json` must be escaped for a <script>. Browsers don't execute it, so it needs no nonce. */
export function JsonLd({ json }: { json: string }) {
  return <script dangerouslySetInnerHTML={{ __html: json }} type="application/ld+json" />;
}
