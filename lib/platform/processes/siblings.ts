// A process's view of the other processes of its machine. The supervisor passes all messages on.
import type { SiblingAnswer, Audience, ProcessPart, ToProcess, ToSupervisor } from './messages.ts';

export type Siblings = {
  part: ProcessPart;
  /** Asks the others. Those that don't answer in time are left out, and those that handle no such topic answer null. */
  ask: (topic: string, question: unknown, options: AskOptions) => Promise<SiblingAnswer[]>;
  /** `turn` counts the questions of the machine, of every topic. */
  answer: (topic: string, handle: (question: unknown, turn: number) => unknown) => void;
  tell: (topic: string, news: unknown) => void;
  hear: (topic: string, handle: (news: unknown, from: string) => void) => void;
  /** Called with the name of a process that has ended. */
  onGone: (handle: (name: string) => void) => void;
  /** The latest turn that this process knows of. */
  readonly lastTurn: number;
  /** Another process has passed on a turn. Earlier questions may not have reached this process yet. */
  noteTurn: (turn: number) => void;
  /** Called when `noteTurn` hears of a turn later than any before. */
  onLaterTurn: (handle: () => void) => void;
};

export type AskOptions = { to: Audience; timeoutMs: number };

const SUPERVISOR_MS = 100;

type Pending = { settle: (answers: SiblingAnswer[]) => void; timer: NodeJS.Timeout };

export type SiblingMessages = Extract<ToProcess, { kind: 'question' | 'answers' | 'news' | 'gone' }>;

/** `receive` takes the supervisor's messages about siblings. */
export function createSiblings(
  part: ProcessPart,
  send: (message: ToSupervisor) => void,
): { siblings: Siblings; receive: (message: SiblingMessages) => void } {
  const pending = new Map<number, Pending>();
  const answerers = new Map<string, (question: unknown, turn: number) => unknown>();
  const listeners = new Map<string, (news: unknown, from: string) => void>();
  const goneListeners: ((name: string) => void)[] = [];
  const turnListeners: (() => void)[] = [];
  let lastId = 0;
  let lastTurn = 0;

  const settle = (id: number, answers: SiblingAnswer[]) => {
    const asked = pending.get(id);
    if (!asked) return;
    pending.delete(id);
    clearTimeout(asked.timer);
    asked.settle(answers);
  };
  const answer = (id: number, given: unknown) => {
    if (!(given instanceof Promise)) return send({ kind: 'answer', id, answer: given ?? null });
    given.then(
      (value: unknown) => send({ kind: 'answer', id, answer: value ?? null }),
      () => send({ kind: 'answer', id, answer: null }),
    );
  };
  const siblings: Siblings = {
    part,
    ask: (topic, question, { to, timeoutMs }) =>
      new Promise((resolve) => {
        const id = (lastId += 1);
        // The supervisor answers for those that don't. It may hang itself.
        const timer = setTimeout(() => settle(id, []), timeoutMs + SUPERVISOR_MS);
        pending.set(id, { settle: resolve, timer });
        send({ kind: 'ask', id, topic, to, timeoutMs, question });
      }),
    answer: (topic, handle) => void answerers.set(topic, handle),
    tell: (topic, news) => send({ kind: 'tell', topic, news }),
    hear: (topic, handle) => void listeners.set(topic, handle),
    onGone: (handle) => void goneListeners.push(handle),
    get lastTurn() {
      return lastTurn;
    },
    noteTurn: (turn) => {
      if (!(turn > lastTurn)) return;
      lastTurn = turn;
      for (const listener of turnListeners) listener();
    },
    onLaterTurn: (handle) => void turnListeners.push(handle),
  };
  const receive = (message: SiblingMessages) => {
    // Only servers are asked about every write. A page process that asks would skip the turns before its own.
    if ('turn' in message && part.role === 'server') lastTurn = Math.max(lastTurn, message.turn);
    if (message.kind === 'question') answer(message.id, answerers.get(message.topic)?.(message.question, message.turn));
    else if (message.kind === 'answers') settle(message.id, message.answers);
    else if (message.kind === 'news') listeners.get(message.topic)?.(message.news, message.from);
    else for (const listener of goneListeners) listener(message.name);
  };
  return { siblings, receive };
}
