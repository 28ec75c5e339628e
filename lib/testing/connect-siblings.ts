import { MessageHub, type Member } from '#lib/platform/processes/message-hub.ts';
import type { ProcessPart, ProcessRole } from '#lib/platform/processes/messages.ts';
import { createSiblings, type Siblings } from '#lib/platform/processes/siblings.ts';

export type ConnectedSiblings = {
  siblings: Siblings[];
  /** Stops the messages of one, like a process that hangs. */
  hang: (index: number) => void;
  /** Ends one, like a process that dies. */
  end: (index: number) => void;
  /** Ends one, and starts another of its name, which knows nothing. */
  restart: (index: number) => Siblings;
};

/** Connects siblings in this process through a real hub. Messages are copied as JSON and arrive in later turns. */
export function connectSiblings(roles: ProcessRole[]): ConnectedSiblings {
  const hub = new MessageHub();
  const hanging = new Set<Member>();
  const serverCount = roles.filter((role) => role === 'server').length;
  const join = (role: ProcessRole, i: number) => {
    const name = `${role} ${i + 1}`;
    const part: ProcessPart = {
      role,
      name,
      serverCount,
      processCount: roles.length,
      pageSockets: [],
      serverSockets: [],
      ownSocket: '',
      isLeader: false,
      greets: false,
    };
    const { siblings, receive } = createSiblings(part, (message) => {
      setImmediate(() => hub.receive(member, copy(message)));
    });
    const member: Member = {
      name,
      role,
      send: (message) => {
        setImmediate(() => {
          if (!hanging.has(member) && 'kind' in message && message.kind !== 'begin') receive(copy(message) as never);
        });
      },
    };
    hub.join(member);
    return { siblings, member };
  };
  const joined = roles.map(join);
  return {
    siblings: joined.map(({ siblings }) => siblings),
    hang: (index) => {
      const one = joined[index];
      if (one) hanging.add(one.member);
    },
    end: (index) => {
      const one = joined[index];
      if (one) hub.leave(one.member);
    },
    restart: (index) => {
      const one = joined[index];
      if (!one) throw new Error(`no sibling ${index}`);
      hub.leave(one.member);
      joined[index] = join(one.member.role, index);
      return joined[index].siblings;
    },
  };
}

function copy<Message>(message: Message): Message {
  return JSON.parse(JSON.stringify(message)) as Message;
}
