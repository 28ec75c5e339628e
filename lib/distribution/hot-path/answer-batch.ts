import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers';

type Ending = { res: ServerResponse; text: string; encoding: 'utf8' | 'latin1' };

/**
 * Ends responses in one batch, after every request that has arrived was handled. Otherwise each answer wakes the client
 * or the proxy separately, which costs more than producing the answer.
 */
export class AnswerBatch {
  #endings: Ending[] = [];

  readonly end = (res: ServerResponse, text: string, encoding: Ending['encoding']): void => {
    if (this.#endings.length === 0) setImmediate(() => this.#endAll());
    this.#endings.push({ res, text, encoding });
  };

  #endAll(): void {
    const endings = this.#endings;
    this.#endings = [];
    for (const { res, text, encoding } of endings) res.end(text, encoding);
  }
}
