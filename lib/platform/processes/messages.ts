// What the supervisor and the processes that it starts tell each other over Node's IPC channel, as JSON.

export type ProcessRole = 'server' | 'pages';

/** The part of the site that one process plays. */
export type ProcessPart = {
  role: ProcessRole;
  /** Such as `server 2`. Logs and metrics show it. */
  name: string;
  serverCount: number;
  /** Servers and page processes together. */
  processCount: number;
  /** The Unix socket of each page process. */
  pageSockets: string[];
  /** The Unix socket of each server, for the other processes. */
  serverSockets: string[];
  /** The one that this process listens on. */
  ownSocket: string;
  /** Runs the background jobs of the machine. */
  isLeader: boolean;
  /** Takes the first steps of a new site and says that it is ready, once in the life of the supervisor. */
  greets: boolean;
};

/** Who answers a question: everybody else, or the servers among them. */
export type Audience = 'all' | 'servers';

export type SiblingAnswer = { from: string; answer: unknown };

export type ToProcess =
  | { kind: 'begin'; part: ProcessPart }
  /** All processes are ready. */
  | { kind: 'started' }
  /** Finish requests in progress and exit. */
  | { kind: 'stop'; delaySeconds: number | null }
  | { kind: 'question'; id: number; topic: string; question: unknown; turn: number }
  /** `turn` counts the questions of the machine. */
  | { kind: 'answers'; id: number; answers: SiblingAnswer[]; turn: number }
  | { kind: 'news'; topic: string; news: unknown; from: string }
  | { kind: 'gone'; name: string };

export type ToSupervisor =
  /** Listens to messages. */
  | { kind: 'hello' }
  /** Serves requests. */
  | { kind: 'ready' }
  /** Has taken the first steps of the site. */
  | { kind: 'greeted' }
  /** Can't start. The sentence is for the operator. */
  | { kind: 'failed'; sentence: string | null }
  | { kind: 'ask'; id: number; topic: string; to: Audience; timeoutMs: number; question: unknown }
  | { kind: 'answer'; id: number; answer: unknown }
  | { kind: 'tell'; topic: string; news: unknown };
