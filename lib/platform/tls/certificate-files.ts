// Certificates in files, which other programs renew.
import { readFile, stat } from 'node:fs/promises';
import { AppError } from '#lib/platform/errors.ts';
import { checkCertificate, type Certificate } from './certificate.ts';
import type { CertificateSource } from './follow-certificate.ts';

type CertificateFiles = { certFile: string; keyFile: string };

export function createFileSource(files: CertificateFiles): CertificateSource {
  return { mark: () => markFiles(files), read: () => readFiles(files) };
}

async function readFiles({ certFile, keyFile }: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([readText(certFile, 'TLS_CERT'), readText(keyFile, 'TLS_KEY')]);
  checkCertificate({ cert, key }, { cert: certFile, key: keyFile });
  return { cert, key };
}

/** Without reading them. Follows symbolic links, by which Kubernetes replaces secrets. */
async function markFiles({ certFile, keyFile }: CertificateFiles): Promise<string> {
  const marks = [await markFile(certFile, 'TLS_CERT'), await markFile(keyFile, 'TLS_KEY')];
  return marks.join(' ');
}

async function markFile(file: string, setting: string): Promise<string> {
  const { ino, mtimeMs, size } = await access(file, setting, () => stat(file));
  return `${ino}:${mtimeMs}:${size}`;
}

function readText(file: string, setting: string): Promise<string> {
  return access(file, setting, () => readFile(file, 'utf8'));
}

/** @throws AppError `unavailable` with a message for the operator */
async function access<Found>(file: string, setting: string, find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (cause) {
    throw new AppError('unavailable', `${setting} names ${file}, which can't be read. Check the path and its rights.`, {
      cause,
    });
  }
}
