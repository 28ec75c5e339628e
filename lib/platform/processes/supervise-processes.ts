// The supervisor: starts the processes of one machine, restarts those that die, and ends last. It serves no request itself.
import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { ProcessPart, ToProcess, ToSupervisor } from './messages.ts';
import { MessageHub, type Member } from './message-hub.ts';
import { RestartPace } from './restart-pace.ts';

/** How much longer than its own limit a process may take to end. */
const KILL_AFTER_MS = 30_000;

export type SuperviseOptions = {
  parts: ProcessPart[];
  log: Log;
  /** Called once, with a reason for the operator, when processes have died again and again, and the others have ended. */
  onLost: (reason: AppError) => void;
  /** How long a process may take to finish requests. */
  drainMs: number;
};

export type SupervisedProcesses = {
  /** Lets servers finish their requests, and page processes after them. */
  stop: (options: { delaySeconds: number | null }) => Promise<void>;
  /** Ends all at once. Resolves when they are gone. */
  kill: () => Promise<void>;
};

type Child = { part: ProcessPart; worker: Worker; member: Member; ended: Promise<void> };

/**
 * Resolves once all processes are ready. If one can't start, rejects once the others have ended too.
 * @throws AppError `unavailable` with the sentence of the process that couldn't start
 */
export async function superviseProcesses(options: SuperviseOptions): Promise<SupervisedProcesses> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements SupervisedProcesses {
  readonly #options: SuperviseOptions;
  readonly #hub = new MessageHub();
  readonly #pace = new RestartPace();
  /** By name. */
  readonly #children = new Map<string, Child>();
  #isStarted = false;
  #isStopping = false;
  #hasGreeted = false;
  /** Settles the start. */
  readonly #start = Promise.withResolvers<void>();
  readonly #starting: Set<string>;

  constructor(options: SuperviseOptions) {
    this.#options = options;
    this.#starting = new Set(options.parts.map(({ name }) => name));
  }

  async start(): Promise<void> {
    cluster.schedulingPolicy = cluster.SCHED_RR;
    for (const part of this.#options.parts) this.#fork(part);
    try {
      await this.#start.promise;
    } catch (error) {
      await this.kill();
      throw error;
    }
    this.#isStarted = true;
    this.#sendAll({ kind: 'started' });
  }

  async stop({ delaySeconds }: { delaySeconds: number | null }): Promise<void> {
    this.#isStopping = true;
    const ofRole = (role: ProcessPart['role']) =>
      [...this.#children.values()]
        .filter(({ part }) => part.role === role)
        .map((child) => this.#end(child, delaySeconds));
    await Promise.all(ofRole('server'));
    // Servers pass on their last requests until they end.
    await Promise.all(ofRole('pages'));
  }

  async kill(): Promise<void> {
    this.#isStopping = true;
    const children = [...this.#children.values()];
    for (const { worker } of children) worker.process.kill('SIGKILL');
    await Promise.all(children.map(({ ended }) => ended));
  }

  #fork(part: ProcessPart): void {
    const worker = cluster.fork();
    const send = (message: ToProcess) => {
      // A process that is ending may have closed its channel.
      if (worker.isConnected()) worker.send(message, () => undefined);
    };
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const child = { part, worker, member: { name: part.name, role: part.role, send }, ended };
    this.#children.set(part.name, child);
    worker.on('message', (message: ToSupervisor) => this.#receive(child, message));
    worker.on('error', (error) => this.#options.log.warn({ err: error, of: part.name }, 'a process has a problem'));
    worker.on('exit', (code, signal) => this.#lose(child, signal || `exit code ${code}`));
  }

  #receive({ part, member }: Child, message: ToSupervisor): void {
    if (message.kind === 'hello') {
      this.#hub.join(member);
      member.send({ kind: 'begin', part });
    } else if (message.kind === 'greeted') this.#hasGreeted = true;
    else if (message.kind === 'ready') this.#noteReady(part, member);
    else if (message.kind === 'failed') this.#noteFailure(part, message.sentence);
    else this.#hub.receive(member, message);
  }

  #noteReady(part: ProcessPart, member: Member): void {
    this.#starting.delete(part.name);
    if (this.#isStarted) member.send({ kind: 'started' });
    else if (this.#starting.size === 0) this.#start.resolve();
  }

  #noteFailure({ name }: ProcessPart, sentence: string | null): void {
    if (this.#isStarted) {
      if (sentence !== null) this.#options.log.error({ of: name }, sentence);
      return;
    }
    this.#start.reject(new AppError('unavailable', sentence ?? `The process "${name}" couldn't start, see the log.`));
  }

  #lose(child: Child, how: string): void {
    const { part, member } = child;
    this.#hub.leave(member);
    this.#children.delete(part.name);
    if (this.#isStopping) return;
    if (!this.#isStarted) return this.#noteFailure(part, null);
    const pauseMs = this.#pace.noteDeath(performance.now());
    if (pauseMs === null) return this.#giveUp(part.name);
    this.#options.log.error({ of: part.name, how }, 'a process died, starting it again');
    void sleep(pauseMs).then(() => {
      if (!this.#isStopping) this.#fork({ ...part, greets: part.greets && !this.#hasGreeted });
    });
  }

  #giveUp(name: string): void {
    if (this.#isStopping) return;
    const sentence = `Processes died five times in a minute, "${name}" last. See their last lines in the log.`;
    void this.stop({ delaySeconds: 0 }).then(() => this.#options.onLost(new AppError('unavailable', sentence)));
  }

  async #end({ worker, member, ended }: Child, delaySeconds: number | null): Promise<void> {
    member.send({ kind: 'stop', delaySeconds });
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), this.#options.drainMs + KILL_AFTER_MS);
    await ended;
    clearTimeout(timer);
  }

  #sendAll(message: ToProcess): void {
    for (const { member } of this.#children.values()) member.send(message);
  }
}
