import { handleRestRequest } from '#lib/api/rest/handle-rest-request.ts';
import { getApp } from '#lib/app.ts';

const handle = (request: Request): Promise<Response> => handleRestRequest(getApp(), request);

export { handle as GET, handle as POST, handle as PUT, handle as PATCH, handle as DELETE };
