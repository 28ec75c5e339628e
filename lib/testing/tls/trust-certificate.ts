import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Makes new connections of this process, including those of `fetch`, trust a certificate. */
export function trustCertificate(pem: string): void {
  setDefaultCACertificates([...getCACertificates('default'), pem]);
}
