// Exits with 0 if the site on this machine answers /livez. Health checks of containers run it, so it needs neither a shell nor the settings' schema.
import http from 'node:http';
import https from 'node:https';

const TIMEOUT_MS = 4_000;
const WILDCARDS = ['', '0.0.0.0', '::'];

const { PORT = '3000', HOST = '', TLS_CERT, ACME_EMAIL } = process.env;
const { get } = TLS_CERT || ACME_EMAIL ? https : http;
const host = WILDCARDS.includes(HOST) ? '127.0.0.1' : HOST;

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

// The certificate isn't for this address.
get({ host, port: PORT, path: '/livez', rejectUnauthorized: false, timeout: TIMEOUT_MS }, (res) => {
  if (res.statusCode === 200) process.exit(0);
  fail(`/livez answered ${res.statusCode}.`);
})
  .on('timeout', () => fail(`/livez didn't answer in ${TIMEOUT_MS / 1000} seconds.`))
  .on('error', (error) => fail(error.message));
