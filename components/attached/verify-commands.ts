// Commands that fetch and verify what Vitrine only shows.
import type { EvidenceKind } from '#lib/oci/evidence-kind.ts';

export type VerifyTarget = {
  /** `HOST/ALIAS/NAME` */
  address: string;
  /** Of the image that something is attached to. */
  digest: string;
  isPlainHttp: boolean;
  /** An attestation's predicate type. */
  predicateType?: string | undefined;
};

export type VerifyCommand = { what: string; code: string };

/** Commands use the digest, because the tag may move in the meantime. */
export function verifyCommands(kind: EvidenceKind, target: VerifyTarget): VerifyCommand[] {
  const { address, digest, isPlainHttp, predicateType } = target;
  const image = `${address}@${digest}`;
  const when = (flag: string) => (isPlainHttp ? `${flag} ` : '');
  const cosign = (verb: string, rest = '') =>
    `cosign ${verb} ${when('--allow-http-registry')}${rest === '' ? '' : `${rest} `}${image}`;
  const identity = '--certificate-identity=WHO --certificate-oidc-issuer=ISSUER';
  const inspect = (field: string) => `docker buildx imagetools inspect ${image} --format '{{ json .${field} }}'`;
  const discover = { what: 'List all attachments', code: `oras discover ${when('--plain-http')}${image}` };
  const download = { what: 'Download attestations made with cosign', code: cosign('download attestation') };
  const type = predicateType === undefined ? null : cosignType(predicateType);
  switch (kind) {
    case 'signature':
      return [
        { what: 'Verify with a key that the publisher distributes', code: cosign('verify', '--key cosign.pub') },
        { what: 'Verify an identity. Replace WHO and ISSUER with the expected ones', code: cosign('verify', identity) },
        {
          what: 'Verify a Notation signature by your trust policy',
          code: `notation verify ${when('--insecure-registry')}${image}`,
        },
      ];
    case 'sbom':
      return [
        {
          what: 'Verify an attestation made with cosign',
          code: cosign('verify-attestation', `--type ${type ?? 'spdxjson'} --key cosign.pub`),
        },
        download,
        { what: 'Read what BuildKit created, unsigned', code: inspect('SBOM') },
        discover,
      ];
    case 'provenance':
      return [
        {
          what: 'Verify an attestation made with cosign',
          code: cosign('verify-attestation', `--type ${type ?? 'slsaprovenance1'} --key cosign.pub`),
        },
        download,
        { what: 'Read what BuildKit created, unsigned', code: inspect('Provenance') },
      ];
    case 'attestation':
      return type === null
        ? [download, discover]
        : [
            {
              what: 'Verify an attestation made with cosign',
              code: cosign('verify-attestation', `--type ${type} --key cosign.pub`),
            },
            download,
            discover,
          ];
    case 'other':
      return [discover];
  }
}

/** cosign's name of a predicate type, or the type itself if a shell takes it as one word. */
function cosignType(predicateType: string): string | null {
  if (/^https:\/\/spdx\.dev\/Document/.test(predicateType)) return 'spdxjson';
  if (/^https:\/\/cyclonedx\.org\/bom/.test(predicateType)) return 'cyclonedx';
  if (/^https:\/\/slsa\.dev\/provenance\/v1/.test(predicateType)) return 'slsaprovenance1';
  if (/^https:\/\/slsa\.dev\/provenance\/v0\.2/.test(predicateType)) return 'slsaprovenance02';
  return /^https:\/\/[a-z0-9./_-]{1,200}$/i.test(predicateType) ? predicateType : null;
}
