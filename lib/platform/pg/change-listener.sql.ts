import type pg from 'pg';

export async function listenTo(client: pg.ClientBase, channels: string[]): Promise<void> {
  await client.query(channels.map((channel) => `LISTEN ${channel}`).join('; '));
}

export async function notify(client: pg.ClientBase, channel: string): Promise<void> {
  await client.query('SELECT pg_notify($1, $2)', [channel, '']);
}
