import type { SignatureClaims } from '#lib/distribution/attached/attached-document.ts';
import { FactRow, Mono, Part } from './parts.tsx';

/** What a signature claims. Anyone can write a certificate with any name, so nothing here is proof. */
export function SignatureFacts({ claims }: { claims: SignatureClaims }) {
  const { format, keyIds, certificate, algorithm, signedAt, logIndex, signedDigest } = claims;
  const isKeyless = certificate !== null && certificate.oidcIssuer !== '';
  return (
    <Part title="Signature, as claimed">
      <dl className="grid gap-x-8 gap-y-3 text-sm sm:grid-cols-2">
        <FactRow term="Format">{format}</FactRow>
        {certificate?.identities.map((identity) => (
          <FactRow key={identity} term="Signed by">
            <Mono text={identity} />
          </FactRow>
        ))}
        {isKeyless && (
          <FactRow term="Signed in at">
            <Mono text={certificate.oidcIssuer} />
          </FactRow>
        )}
        {certificate && (
          <>
            <FactRow term="Certificate issuer">{certificate.issuer && <Mono text={certificate.issuer} />}</FactRow>
            <FactRow term="Certificate valid">
              <Mono text={`${certificate.validFrom} to ${certificate.validTo}`} />
            </FactRow>
            <FactRow term="Certificate SHA-256">
              <Mono text={certificate.sha256} />
            </FactRow>
          </>
        )}
        {keyIds.map((id) => (
          <FactRow key={id} term="Key ID">
            <Mono text={id} />
          </FactRow>
        ))}
        {certificate === null && keyIds.length === 0 && (
          <FactRow term="Key">not named, so you need the publisher’s public key</FactRow>
        )}
        <FactRow term="Algorithm">{algorithm}</FactRow>
        <FactRow term="Signed at">{signedAt && <Mono text={signedAt} />}</FactRow>
        <FactRow term="Transparency log index">{logIndex}</FactRow>
        <FactRow term="Signed digest">{signedDigest && <Mono text={signedDigest} />}</FactRow>
      </dl>
    </Part>
  );
}
