import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { flagsOf } from '../cli/script-flags.ts';
import { LISTED_STATUSES } from '../lambdas/core/api/listed-statuses.ts';
import { uploadRequestSchema, videoRequestSchema } from '../lambdas/core/api/request.ts';
import {
  acceptedVideoSchema,
  problemSchema,
  uploadSchema,
  usageSchema,
  videoListSchema,
  videoSchema,
} from '../lambdas/core/api/response.ts';
import { CALLS, type CallName } from '../lambdas/core/api/routes.ts';
import { historySchema, workflowSchema } from '../lambdas/core/api/workflow-response.ts';
import { CLAIMING_FIELDS } from '../lambdas/core/minimax/request-kind.ts';
import { catalogueSchema } from '../lambdas/core/minimax/templates.ts';

/** The HTTPS API as an OpenAPI 3.1 document, made from the schemas of the functions. */
export function toOpenApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, { method, path }] of Object.entries(CALLS)) {
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(name as CallName) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Template Video',
      version: '1',
      summary: 'Videos from MiniMax templates, in a bucket of your own.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com/prod',
        description: "The stack's output VideosUrl, without /videos.",
        variables: { api: { default: 'api-id' }, region: { default: 'us-east-1' } },
      },
    ],
    security: [{ signature: [] }, { key: [] }],
    paths,
    components: {
      schemas: toSchemas(),
      securitySchemes: {
        signature: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description:
            'AWS Signature Version 4 for execute-api, unless the stack was deployed with auth=key.',
        },
        key: {
          type: 'apiKey',
          name: 'x-api-key',
          in: 'header',
          description: 'For a stack that was deployed with auth=key.',
        },
      },
    },
  };
}

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly object[];
  readonly body?: SchemaName;
  readonly answer: { readonly status: number; readonly schema: SchemaName; readonly headers?: object };
  /** The error statuses of this call, beside those of every call. */
  readonly errors: readonly number[];
}

const SCHEMAS = {
  VideoRequest: videoRequestSchema,
  UploadRequest: uploadRequestSchema,
  Video: videoSchema,
  AcceptedVideo: acceptedVideoSchema,
  VideoList: videoListSchema,
  History: historySchema,
  Workflow: workflowSchema,
  Usage: usageSchema,
  Upload: uploadSchema,
  Catalogue: catalogueSchema,
  Problem: problemSchema,
} as const;

type SchemaName = keyof typeof SCHEMAS;

const VIDEO_ID = { name: 'video_id', in: 'path', required: true, schema: { type: 'string', maxLength: 80 } };
const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds until another GET of the unfinished video may show something new.',
    schema: { type: 'integer' },
  },
};

const RETRY_LATER = {
  'Retry-After': {
    description: 'Seconds until the request may be accepted, where it may be.',
    schema: { type: 'integer' },
  },
};

/** @param limit how many items a page has without the parameter */
function pageParameters(limit: number, cursor: string): readonly object[] {
  return [
    { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 100, default: limit } },
    { name: 'cursor', in: 'query', description: cursor, schema: { type: 'string' } },
  ];
}

const OPERATIONS: Readonly<Record<CallName, Operation>> = {
  'start-video': {
    summary: 'Starts a video, or adopts a task that exists at MiniMax.',
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        description:
          'A repeated key with an equal body returns the first video and starts nothing, as long as the bucket keeps its job document.',
        schema: { type: 'string', pattern: '^[\\x20-\\x7e]{1,255}$' },
      },
    ],
    body: 'VideoRequest',
    answer: {
      status: 202,
      schema: 'AcceptedVideo',
      headers: {
        Location: { description: 'The address of the video.', schema: { type: 'string' } },
        'Idempotency-Replayed': {
          description: 'Present, and true, where an earlier request with this key has started the video.',
          schema: { const: 'true' },
        },
        ...RETRY_AFTER,
      },
    },
    errors: [400, 404, 409, 413, 415, 422, 503],
  },
  'list-videos': {
    summary: 'Lists the videos of the caller, newest first.',
    parameters: [
      { name: 'status', in: 'query', schema: { enum: LISTED_STATUSES } },
      ...CLAIMING_FIELDS.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
      {
        name: 'metadata',
        in: 'query',
        description:
          'As in metadata.order=17: the videos with this value. The setting listedMetadata names the keys. One key in a list.',
        schema: { type: 'string' },
      },
      {
        name: 'created_after',
        in: 'query',
        description: 'Videos that were started after this time.',
        schema: { type: 'string', format: 'date-time' },
      },
      {
        name: 'created_before',
        in: 'query',
        description: 'Videos that were started before this time.',
        schema: { type: 'string', format: 'date-time' },
      },
      ...pageParameters(20, 'The next_cursor of a page of this list: with its filters, and for its caller.'),
    ],
    answer: { status: 200, schema: 'VideoList' },
    errors: [400, 503],
  },
  'get-usage': {
    summary:
      'Returns how many videos the caller has started and what they cost, by day and template. At most 366 days with 100,000 videos.',
    parameters: [
      {
        name: 'from',
        in: 'query',
        description: 'The first day, in UTC. Without it, thirty days end at `to`.',
        schema: { type: 'string', format: 'date' },
      },
      {
        name: 'to',
        in: 'query',
        description: 'The last day, in UTC. Without it, today.',
        schema: { type: 'string', format: 'date' },
      },
    ],
    answer: { status: 200, schema: 'Usage' },
    errors: [400, 503],
  },
  'get-video': {
    summary: 'Returns the state of a video, with a newly signed link once it is ready.',
    parameters: [VIDEO_ID],
    answer: { status: 200, schema: 'Video', headers: RETRY_AFTER },
    errors: [404, 503],
  },
  'get-history': {
    summary:
      'Returns which states of the workflow a video has visited, when, what was retried and why, and the job document of each. Step Functions keeps it for 90 days after the end.',
    parameters: [
      VIDEO_ID,
      ...pageParameters(100, 'The next_cursor of a page of this history. It is valid for a day.'),
    ],
    answer: { status: 200, schema: 'History' },
    errors: [400, 404, 503],
  },
  'get-workflow': {
    summary: 'Returns the definition of the workflow, in Amazon States Language.',
    answer: { status: 200, schema: 'Workflow' },
    errors: [],
  },
  'cancel-video': {
    summary: 'Stops waiting for a video. MiniMax cannot be stopped, and may still charge for it.',
    parameters: [VIDEO_ID],
    answer: { status: 200, schema: 'Video' },
    errors: [404, 409, 503],
  },
  'create-upload': {
    summary:
      'Returns an address for the upload of one image of exactly this type and length, valid until expires_at, for an hour at most.',
    body: 'UploadRequest',
    answer: { status: 201, schema: 'Upload' },
    errors: [400, 413, 415],
  },
  'list-templates': {
    summary: "Lists what is known of MiniMax's templates.",
    answer: { status: 200, schema: 'Catalogue' },
    errors: [],
  },
};

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'The request is wrong. errors names the fields.',
  401: 'The caller is not known.',
  403: 'The caller is not known or may not do this. A path or method that does not exist is 403 too.',
  404: 'There is no such video, history or task.',
  409: 'The video has finished, no execution of this service works on it, or another request with this key is being accepted.',
  413: 'The request is too large.',
  415: 'The body is not application/json.',
  422: 'The Idempotency-Key belongs to another body.',
  429: 'Too many requests at the moment, or too many videos within a day. Nothing was started.',
  500: 'The service has an internal error.',
  503: 'The bucket or the table could not be read. This call has started nothing.',
};
const COMMON_ERRORS: readonly number[] = [401, 403, 429, 500];

function toOperation(name: CallName): object {
  // `npm run openapi` checks no types, so a new call may have no entry here.
  const operation: Operation | undefined = OPERATIONS[name];
  if (operation === undefined) throw new Error(`docs/openapi.ts has no operation ${name}.`);
  const { summary, parameters, body, answer, errors } = operation;
  const statuses = [...errors, ...COMMON_ERRORS].sort((one, other) => one - other);
  return {
    operationId: name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary,
    parameters,
    requestBody: body && { required: true, content: { 'application/json': schema(body) } },
    responses: {
      [answer.status]: {
        description: 'Done.',
        headers: answer.headers,
        content: { 'application/json': schema(answer.schema) },
      },
      ...Object.fromEntries(statuses.map((status) => [status, toErrorResponse(status)])),
      '5XX': {
        description: 'No response from the service. The request may have been executed.',
        content: { 'application/problem+json': schema('Problem') },
      },
    },
  };
}

function toErrorResponse(status: number): object {
  return {
    description: STATUS_WORDS[status],
    headers: [409, 429, 503].includes(status) ? RETRY_LATER : undefined,
    content: { 'application/problem+json': schema('Problem') },
  };
}

function schema(name: SchemaName): object {
  return { schema: { $ref: `#/components/schemas/${name}` } };
}

/** Without `$schema` and `$id`, which OpenAPI 3.1 derives from the position of each schema. */
function toSchemas(): Readonly<Record<string, object>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, each] of Object.entries(SCHEMAS)) registry.add(each, { id });
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _id, ...rest }]) => [id, rest]),
  );
}

/** The text of `docs/openapi.json`. */
export function toOpenApiText(): string {
  return `${JSON.stringify(toOpenApi(), null, 2)}\n`;
}

if (import.meta.main) {
  flagsOf({ name: 'npm run openapi', flags: {}, summary: 'Writes docs/openapi.json.' });
  writeFileSync(join(import.meta.dirname, 'openapi.json'), toOpenApiText());
}
