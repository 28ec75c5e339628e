import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { getAuthOptions } from '../../../_lib/session/auth-options.ts';

type Context = { params: Promise<{ nextauth: string[] }> };

/** Built per request, because the options hold a key that exists only at run time. */
async function handle(request: NextRequest, context: Context): Promise<Response> {
  const answer: unknown = await NextAuth(request, { params: await context.params }, getAuthOptions());
  if (answer instanceof Response) return answer;
  throw new TypeError('next-auth gave no response');
}

export { handle as GET, handle as POST };
