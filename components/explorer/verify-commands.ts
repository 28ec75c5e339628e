// Commands that verify what Vitrine only lists.
import type { EvidenceKind } from '#lib/oci/evidence-kind.ts';

export type VerifyTarget = {
  /** `HOST/ALIAS/NAME` */
  address: string;
  digest: string;
  isPlainHttp: boolean;
};

export type VerifyCommand = { what: string; code: string };

/** Commands use the digest, because the tag may move in the meantime. */
export function verifyCommands(kind: EvidenceKind, { address, digest, isPlainHttp }: VerifyTarget): VerifyCommand[] {
  const image = `${address}@${digest}`;
  const when = (flag: string) => (isPlainHttp ? `${flag} ` : '');
  const cosign = (verb: string, rest: string) => `cosign ${verb} ${when('--allow-http-registry')}${rest} ${image}`;
  const identity = '--certificate-identity=WHO --certificate-oidc-issuer=ISSUER';
  const inspect = (field: string) => `docker buildx imagetools inspect ${image} --format '{{ json .${field} }}'`;
  switch (kind) {
    case 'signature':
      return [
        { what: 'Signed with a key that the publisher distributes', code: cosign('verify', '--key cosign.pub') },
        {
          what: 'Signed with an identity. Replace WHO and ISSUER with the expected ones',
          code: cosign('verify', identity),
        },
        {
          what: 'Signed with Notation, verified by your trust policy',
          code: `notation verify ${when('--insecure-registry')}${image}`,
        },
      ];
    case 'sbom':
      return [
        { what: 'Attested with cosign', code: cosign('verify-attestation', '--type spdxjson --key cosign.pub') },
        { what: 'Created by BuildKit, unsigned', code: inspect('SBOM') },
        { what: 'All attachments', code: `oras discover ${when('--plain-http')}${image}` },
      ];
    case 'provenance':
      return [
        { what: 'Attested with cosign', code: cosign('verify-attestation', '--type slsaprovenance1 --key cosign.pub') },
        { what: 'Created by BuildKit, unsigned', code: inspect('Provenance') },
      ];
    case 'attestation':
    case 'other':
      return [{ what: 'All attachments', code: `oras discover ${when('--plain-http')}${image}` }];
  }
}
