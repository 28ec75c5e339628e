// All routes of /v2 with a repository name. `spec` is the endpoint's number in
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints. authorize.ts checks the right in
// `action` before the handler runs.
//
// The name may itself contain `/blobs/` or `/manifests/`, so match-route.ts parses from the end.
import type { Action } from '#lib/access/actions.ts';
import type { IfMissing } from '#lib/distribution/authorization/authorize.ts';
import { deleteBlob, deleteManifestOrTag } from '#lib/distribution/http/handlers/delete-content.ts';
import { getBlob } from '#lib/distribution/http/handlers/get-blob.ts';
import { getManifest } from '#lib/distribution/http/handlers/get-manifest.ts';
import { getReferrers } from '#lib/distribution/http/handlers/get-referrers.ts';
import { getTags } from '#lib/distribution/http/handlers/get-tags.ts';
import type { Params } from './parse-params.ts';
import { putManifest } from '#lib/distribution/http/handlers/put-manifest.ts';
import type { PullRequest, WriteRequest } from './distribution-request.ts';
import {
  deleteUpload,
  getUpload,
  patchUpload,
  postUpload,
  putUpload,
} from '#lib/distribution/http/handlers/uploads.ts';

type ParamsOf<Suffix extends string> = Suffix extends `${infer Head}/${infer Tail}`
  ? ParamsOf<Head> & ParamsOf<Tail>
  : Suffix extends `:${infer Name extends keyof Params}`
    ? Pick<Params, Name>
    : unknown;

type Row<Suffix extends string, Right, Request> = {
  spec: string;
  method: string;
  suffix: Suffix;
  action: Right;
  /** The action that a policy must allow. ECR's endpoints ask for the same. */
  step: Action;
  handler: (request: Request) => Promise<void>;
  ifMissing?: IfMissing;
  /** What the handler does with an upload: it starts one, or reads, writes or finishes the one in its path. */
  upload?: 'start' | 'read' | 'write' | 'finish';
  /** The address itself may authenticate the request (signed-download.ts). */
  mayBeSigned?: true;
  /** Names the route in metrics, logs and traces. */
  template: string;
};

export type PullRoute = Row<string, 'pull', PullRequest<Params>>;
export type WriteRoute = Row<string, 'push' | 'delete', WriteRequest<Params>>;
export type Route = PullRoute | WriteRoute;

/** `blobs/:digest` → `/v2/{name}/blobs/{digest}` */
export function toRouteTemplate(suffix: string): string {
  return `/v2/{name}/${suffix.replace(/:(\w+)/, '{$1}')}`;
}

type Untitled<OneRow> = Omit<OneRow, 'template'>;

/** Types each handler by the parameters in its suffix. */
function route<S extends string>(row: Untitled<Row<S, 'pull', PullRequest<ParamsOf<S>>>>): Route;
function route<S extends string>(row: Untitled<Row<S, 'push' | 'delete', WriteRequest<ParamsOf<S>>>>): Route;
function route(row: Untitled<PullRoute> | Untitled<WriteRoute>): Route {
  return { ...row, template: toRouteTemplate(row.suffix) };
}

// prettier-ignore
export const DISTRIBUTION_ROUTES: readonly Route[] = [
  // docker pull
  route({ spec: 'end-3',  method: 'GET',    suffix: 'manifests/:reference',  action: 'pull',   step: 'ecr:BatchGetImage',               handler: getManifest }),
  route({ spec: 'end-3',  method: 'HEAD',   suffix: 'manifests/:reference',  action: 'pull',   step: 'ecr:BatchGetImage',               handler: getManifest }),
  route({ spec: 'end-2',  method: 'GET',    suffix: 'blobs/:digest',         action: 'pull',   step: 'ecr:GetDownloadUrlForLayer',      handler: getBlob, mayBeSigned: true }),
  route({ spec: 'end-2',  method: 'HEAD',   suffix: 'blobs/:digest',         action: 'pull',   step: 'ecr:BatchCheckLayerAvailability', handler: getBlob, mayBeSigned: true }),

  // docker push; POST is end-4a, end-4b with ?digest=, end-11 with ?mount=
  route({ spec: 'end-4',  method: 'POST',   suffix: 'blobs/uploads',         action: 'push',   step: 'ecr:InitiateLayerUpload',         handler: postUpload, ifMissing: 'create', upload: 'start' }),
  route({ spec: 'end-5',  method: 'PATCH',  suffix: 'blobs/uploads/:upload', action: 'push',   step: 'ecr:UploadLayerPart',             handler: patchUpload, upload: 'write' }),
  route({ spec: 'end-6',  method: 'PUT',    suffix: 'blobs/uploads/:upload', action: 'push',   step: 'ecr:CompleteLayerUpload',         handler: putUpload, upload: 'finish' }),
  route({ spec: 'end-13', method: 'GET',    suffix: 'blobs/uploads/:upload', action: 'push',   step: 'ecr:UploadLayerPart',             handler: getUpload, upload: 'read' }),
  route({ spec: 'end-14', method: 'DELETE', suffix: 'blobs/uploads/:upload', action: 'push',   step: 'ecr:UploadLayerPart',             handler: deleteUpload, upload: 'read' }),
  route({ spec: 'end-7',  method: 'PUT',    suffix: 'manifests/:reference',  action: 'push',   step: 'ecr:PutImage',                    handler: putManifest, ifMissing: 'create' }),

  // lists
  route({ spec: 'end-8',  method: 'GET',    suffix: 'tags/list',             action: 'pull',   step: 'ecr:ListImages',                  handler: getTags }),
  route({ spec: 'end-12', method: 'GET',    suffix: 'referrers/:digest',     action: 'pull',   step: 'ecr:ListImageReferrers',          handler: getReferrers, ifMissing: 'empty' }),

  // delete
  route({ spec: 'end-9',  method: 'DELETE', suffix: 'manifests/:reference',  action: 'delete', step: 'ecr:BatchDeleteImage',            handler: deleteManifestOrTag }),
  route({ spec: 'end-10', method: 'DELETE', suffix: 'blobs/:digest',         action: 'delete', step: 'ecr:BatchDeleteImage',            handler: deleteBlob }),
];
