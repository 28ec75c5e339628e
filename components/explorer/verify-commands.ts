// What to type to check for oneself what Vitrine only found.
import type { EvidenceKind } from '#lib/oci/evidence-kind.ts';

export type VerifyTarget = {
  /** `HOST/ALIAS/NAME` */
  address: string;
  digest: string;
  isPlainHttp: boolean;
};

export type VerifyCommand = { what: string; code: string };

/** By digest: a tag could have moved on between looking and checking. */
export function verifyCommands(kind: EvidenceKind, { address, digest, isPlainHttp }: VerifyTarget): VerifyCommand[] {
  const image = `${address}@${digest}`;
  const when = (flag: string) => (isPlainHttp ? `${flag} ` : '');
  const cosign = (verb: string, rest: string) => `cosign ${verb} ${when('--allow-http-registry')}${rest} ${image}`;
  const identity = '--certificate-identity=WHO --certificate-oidc-issuer=ISSUER';
  const inspect = (field: string) => `docker buildx imagetools inspect ${image} --format '{{ json .${field} }}'`;
  switch (kind) {
    case 'signature':
      return [
        { what: 'Signed with a key, which the publisher gives out', code: cosign('verify', '--key cosign.pub') },
        {
          what: 'Signed with an identity: put in who must have signed, and who vouches for them',
          code: cosign('verify', identity),
        },
        {
          what: 'Signed with Notation, by its trust policy',
          code: `notation verify ${when('--insecure-registry')}${image}`,
        },
      ];
    case 'sbom':
      return [
        { what: 'Attested with cosign', code: cosign('verify-attestation', '--type spdxjson --key cosign.pub') },
        { what: 'Written by BuildKit, to be read', code: inspect('SBOM') },
        { what: 'Everything that is attached', code: `oras discover ${when('--plain-http')}${image}` },
      ];
    case 'provenance':
      return [
        { what: 'Attested with cosign', code: cosign('verify-attestation', '--type slsaprovenance1 --key cosign.pub') },
        { what: 'Written by BuildKit, to be read', code: inspect('Provenance') },
      ];
    case 'attestation':
    case 'other':
      return [{ what: 'Everything that is attached', code: `oras discover ${when('--plain-http')}${image}` }];
  }
}
