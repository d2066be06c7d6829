import { join } from 'node:path';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod/mini';
import { type CrossOrigin, isPreflight, readCrossOrigin } from './cors.ts';
import { type EventRule, readRules } from './event-rules.ts';
import { readTables, type TableDefinition } from './tables.ts';
import { REGION, readTemplate, type SynthesizedTemplate } from './template.ts';

/** A Lambda function as the synthesized template describes it. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  /** The bundled module. */
  readonly entry: string;
  /** The export of the module that is the handler. */
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

/** One method of the REST API. The path is as in `/videos/{video_id}`. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly functionArn: string;
}

/** What the local service reads from the synthesized template. */
export interface Deployment {
  readonly functions: readonly DeployedFunction[];
  readonly routes: readonly Route[];
  readonly stateMachine: {
    readonly arn: string;
    readonly roleArn: string;
    readonly definition: StateMachineDefinition;
  };
  readonly buckets: readonly string[];
  readonly tables: readonly TableDefinition[];
  /** The names of the generated secrets of the stack. */
  readonly secrets: readonly string[];
  /** The URL of the REST API in the template, as in `https://….execute-api.us-east-1.amazonaws.com/prod`. */
  readonly apiUrl: string;
  readonly rules: readonly EventRule[];
  /** What pages of other origins may do. */
  readonly crossOrigin: CrossOrigin;
}

/** @param folder a cloud assembly with one stack, in which there is one service */
export async function readDeployment(folder: string): Promise<Deployment> {
  const template = await readTemplate(folder);
  return {
    functions: readFunctions(template, folder),
    routes: readRoutes(template),
    stateMachine: readStateMachine(template),
    buckets: [...template.resources('AWS::S3::Bucket').keys()].map(template.nameOf),
    tables: readTables(template),
    secrets: [...template.resources('AWS::SecretsManager::Secret').keys()].map(template.nameOf),
    apiUrl: readApiUrl(template),
    rules: readRules(template),
    crossOrigin: readCrossOrigin(template, pathsOf(template)),
  };
}

function readApiUrl(template: SynthesizedTemplate): string {
  const [stage] = template.resources('AWS::ApiGateway::Stage').values();
  const { RestApiId, StageName } = stage ?? {};
  return `https://${RestApiId}.execute-api.${REGION}.amazonaws.com/${StageName}`;
}

/** The function of a construct such as `CopyVideo`. Its name begins with the path of the service, and ends in a hash. */
export function functionOf({ functions }: Deployment, construct: string): DeployedFunction {
  const found = functions.find(({ name }) => name.slice(0, -8).endsWith(construct));
  if (found === undefined) throw new Error(`There is no function ${construct}.`);
  return found;
}

const functionProperties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Timeout: z.number(),
  MemorySize: z.number(),
  Environment: z.optional(z.object({ Variables: z.record(z.string(), z.string()) })),
});

function readFunctions(template: SynthesizedTemplate, folder: string): readonly DeployedFunction[] {
  return [...template.resources('AWS::Lambda::Function')].map(([logicalId, properties]) => {
    const { Code, Handler, Timeout, MemorySize, Environment } = z.parse(functionProperties, properties);
    const [module = '', exportName = ''] = Handler.split('.');
    return {
      name: template.nameOf(logicalId),
      arn: template.arnOf(logicalId),
      entry: join(folder, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, `${module}.mjs`),
      exportName,
      environment: Environment?.Variables ?? {},
      timeoutSeconds: Timeout,
      memoryMegabytes: MemorySize,
    };
  });
}

const resourceProperties = z.object({ ParentId: z.string(), PathPart: z.string() });

const methodProperties = z.object({
  HttpMethod: z.string(),
  ResourceId: z.string(),
  Integration: z.object({ Type: z.string(), Uri: z.optional(z.string()) }),
});

/** The path of a resource of the API, as in `/videos/{video_id}`, by its logical id. */
function pathsOf(template: SynthesizedTemplate): (resource: string) => string {
  const parts = template.resources('AWS::ApiGateway::Resource');
  return function pathOf(logicalId: string): string {
    const part = parts.get(logicalId);
    if (part === undefined) return '';
    const { ParentId, PathPart } = z.parse(resourceProperties, part);
    return `${pathOf(ParentId)}/${PathPart}`;
  };
}

function readRoutes(template: SynthesizedTemplate): readonly Route[] {
  const pathOf = pathsOf(template);
  const methods = [...template.resources('AWS::ApiGateway::Method').values()];
  return methods
    .filter((properties) => !isPreflight(properties))
    .map((properties) => {
      const { HttpMethod: method, ResourceId, Integration } = z.parse(methodProperties, properties);
      const functionArn = /functions\/(.+)\/invocations$/.exec(Integration.Uri ?? '')?.[1];
      if (Integration.Type !== 'AWS_PROXY' || functionArn === undefined) {
        throw new Error(
          `The local service does not support the ${Integration.Type} integration of ${method} ${pathOf(ResourceId)}.`,
        );
      }
      return { method, path: pathOf(ResourceId) || '/', functionArn };
    });
}

const stateMachineProperties = z.object({ DefinitionString: z.string(), RoleArn: z.string() });

function readStateMachine(template: SynthesizedTemplate): Deployment['stateMachine'] {
  const [first, ...others] = template.resources('AWS::StepFunctions::StateMachine');
  if (first === undefined || others.length > 0)
    throw new Error('The template does not contain exactly one state machine.');
  const [logicalId, properties] = first;
  const { DefinitionString, RoleArn } = z.parse(stateMachineProperties, properties);
  return { arn: template.arnOf(logicalId), roleArn: RoleArn, definition: JSON.parse(DefinitionString) };
}
