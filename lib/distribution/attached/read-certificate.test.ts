import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificate } from './read-certificate.ts';

// Shaped like those that Fulcio issues to a workflow today, and to a person in earlier versions.
const OF_WORKFLOW = `-----BEGIN CERTIFICATE-----
MIICVTCCAfqgAwIBAgIUDhWKJCRbHyIPn1R0YRL+4oG8lFgwCgYIKoZIzj0EAwIw
NzEVMBMGA1UECgwMc2lnc3RvcmUuZGV2MR4wHAYDVQQDDBVzaWdzdG9yZS1pbnRl
cm1lZGlhdGUwIBcNMjYxMTI5MTU1MDA1WhgPMjEyNjExMDUxNTUwMDVaMAAwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQKonHnwvMIxFoulJrIzKO447/cuQVz1Jdx
+K2169RXL+/2bkVdgkxu7ngI65JAMe4MbRckuiXPMkE80SDaQo+Vo4IBFzCCARMw
DgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMDMFgGA1UdEQEB/wRO
MEyGSmh0dHBzOi8vZ2l0aHViLmNvbS9hY21lL3dlYi8uZ2l0aHViL3dvcmtmbG93
cy9yZWxlYXNlLnltbEByZWZzL3RhZ3MvdjEuNC4wMCMGCisGAQQBg78wAQEEFWh0
dHBzOi8vdG9rZW4uZXhhbXBsZTAtBgorBgEEAYO/MAEIBB8MHWh0dHBzOi8vdG9r
ZW4uYWN0aW9ucy5leGFtcGxlMB0GA1UdDgQWBBQhAKnrh17F3X/7wM4ISebTKgZo
FTAfBgNVHSMEGDAWgBS3x57dW+u5xmy4NmiEp2WABrM38TAKBggqhkjOPQQDAgNJ
ADBGAiEA7/o7BvckyyC+VRnX7Tbni6ngn7EkSmOqW/ap0jCQr6sCIQDbmNRpSpjP
44vJkiTdiXqx8i9eP8K08gYPqCDuUtR/Mw==
-----END CERTIFICATE-----`;
const OF_PERSON = `-----BEGIN CERTIFICATE-----
MIIBxjCCAW2gAwIBAgIUDhWKJCRbHyIPn1R0YRL+4oG8lFkwCgYIKoZIzj0EAwIw
NzEVMBMGA1UECgwMc2lnc3RvcmUuZGV2MR4wHAYDVQQDDBVzaWdzdG9yZS1pbnRl
cm1lZGlhdGUwIBcNMjYxMTI5MTU1MDA1WhgPMjEyNjExMDUxNTUwMDVaMAAwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQjtHIWlkgHv5VAhVeO7neH+zZhhFra0G1z
RXw031ii+t/oiIsomfqQeSYzRP1r4MlvBw96CbIscq69Aeb/ugNho4GLMIGIMB4G
A1UdEQEB/wQUMBKBEGFkYUBhY21lLmV4YW1wbGUwJgYKKwYBBAGDvzABAQQYaHR0
cHM6Ly9hY2NvdW50cy5leGFtcGxlMB0GA1UdDgQWBBShltzuzWUD/VGpIzxfnb9k
dLeVyzAfBgNVHSMEGDAWgBS3x57dW+u5xmy4NmiEp2WABrM38TAKBggqhkjOPQQD
AgNHADBEAiBixEHYaUi/Fj/+H2vEA7aKPG8lO/aL8FifvuqzXCa1AQIgParWy8Ml
MzMDWBIdST2lll91FalYGFt4DvhCGnYzAJY=
-----END CERTIFICATE-----`;

describe('readCertificate', () => {
  it('names the workflow that signed, and who vouched for it', () => {
    expect(readCertificate(OF_WORKFLOW)).toEqual({
      identities: ['https://github.com/acme/web/.github/workflows/release.yml@refs/tags/v1.4.0'],
      oidcIssuer: 'https://token.actions.example',
      issuer: 'O=sigstore.dev, CN=sigstore-intermediate',
      validFrom: '2026-11-29T15:50:05.000Z',
      validTo: '2126-11-05T15:50:05.000Z',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it('reads the older form of the issuer, and the encoding without armour', () => {
    const claims = { identities: ['ada@acme.example'], oidcIssuer: 'https://accounts.example' };
    expect(readCertificate(OF_PERSON)).toMatchObject(claims);
    expect(readCertificate(new X509Certificate(OF_PERSON).raw)).toMatchObject(claims);
  });

  it('returns null for what is no certificate, cut off or too large', () => {
    const { raw } = new X509Certificate(OF_WORKFLOW);
    const broken = ['', 'no', Buffer.alloc(100, 0x30), raw.subarray(0, -1), `${OF_WORKFLOW}${' '.repeat(40_000)}`];
    for (const encoded of broken) expect(readCertificate(encoded)).toBeNull();
  });

  it('never fails on a certificate with one byte changed', () => {
    const { raw } = new X509Certificate(OF_WORKFLOW);
    for (let at = 0; at < raw.length; at += 1) {
      const changed = Buffer.from(raw);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      const claims = readCertificate(changed);
      if (claims) expect(claims.oidcIssuer.length).toBeLessThanOrEqual(500);
    }
  });
});
