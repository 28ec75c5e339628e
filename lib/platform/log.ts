import { pino, type Logger } from 'pino';

export type Log = Logger;

const REDACTED = ['password', 'secret', 'token', 'authorization', 'headers.authorization', 'headers.cookie'];

/** Logs JSON lines to standard output, or human-readable lines in a terminal. */
export function createLog(level: string, isTerminal = process.stdout.isTTY): Log {
  return pino({
    level,
    serializers: { err: describeError },
    redact: { paths: REDACTED, censor: '[hidden]' },
    ...(isTerminal && {
      transport: {
        target: 'pino-pretty',
        options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true },
      },
    }),
  });
}

/** Omits `client`, which pg attaches to connection errors together with all its prepared statements. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { client: _, ...described } = pino.stdSerializers.err(error);
  return described;
}
