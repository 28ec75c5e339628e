// Passes messages between the processes of one machine. It runs in the supervisor, which reads none of them.
import type { SiblingAnswer, Audience, ProcessRole, ToProcess, ToSupervisor } from './messages.ts';

export type Member = { name: string; role: ProcessRole; send: (message: ToProcess) => void };

type Question = {
  asker: Member;
  id: number;
  turn: number;
  waiting: Set<Member>;
  answers: SiblingAnswer[];
  timer: NodeJS.Timeout;
};

export class MessageHub {
  readonly #members = new Set<Member>();
  readonly #questions = new Map<number, Question>();
  #lastTurn = 0;

  join(member: Member): void {
    this.#members.add(member);
  }

  /** Stops waiting for its answers, and tells the others. */
  leave(member: Member): void {
    this.#members.delete(member);
    for (const question of this.#questions.values()) {
      if (question.asker === member) this.#end(question);
      else if (question.waiting.delete(member)) this.#settle(question);
    }
    for (const other of this.#members) other.send({ kind: 'gone', name: member.name });
  }

  receive(from: Member, message: ToSupervisor): void {
    if (message.kind === 'ask') this.#ask(from, message);
    else if (message.kind === 'answer') this.#answer(from, message);
    else if (message.kind === 'tell') {
      const { topic, news } = message;
      for (const other of this.#members) if (other !== from) other.send({ kind: 'news', topic, news, from: from.name });
    }
  }

  #ask(asker: Member, { id, topic, to, timeoutMs, question }: Extract<ToSupervisor, { kind: 'ask' }>): void {
    const turn = (this.#lastTurn += 1);
    const waiting = new Set([...this.#members].filter((member) => member !== asker && isAmong(member, to)));
    const timer = setTimeout(() => this.#finish(asked), timeoutMs);
    const asked: Question = { asker, id, turn, waiting, answers: [], timer };
    this.#questions.set(turn, asked);
    for (const member of waiting) member.send({ kind: 'question', id: turn, topic, question, turn });
    this.#settle(asked);
  }

  #answer(from: Member, { id, answer }: Extract<ToSupervisor, { kind: 'answer' }>): void {
    const question = this.#questions.get(id);
    if (!question?.waiting.delete(from)) return;
    question.answers.push({ from: from.name, answer });
    this.#settle(question);
  }

  #settle(question: Question): void {
    if (question.waiting.size === 0) this.#finish(question);
  }

  #finish(question: Question): void {
    const { asker, id, answers, turn } = question;
    this.#end(question);
    asker.send({ kind: 'answers', id, answers, turn });
  }

  #end({ turn, timer }: Question): void {
    clearTimeout(timer);
    this.#questions.delete(turn);
  }
}

function isAmong({ role }: Member, to: Audience): boolean {
  return to === 'all' || role === 'server';
}
