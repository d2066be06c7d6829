import { join } from 'node:path';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import { type EventRule, readRules } from './event-rules.ts';
import { REGION, readTemplate, type SynthesizedTemplate } from './template.ts';

/** A Lambda function as the synthesized template describes it. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  /** The bundled module. */
  readonly entry: string;
  /** The module's export that is called. */
  readonly exportName: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

/** One method of the REST API; `path` as in `/videos/{video_id}`. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly functionArn: string;
}

/** What the embedded runner takes out of the synthesized template: nothing in it is written down a second time. */
export interface Deployment {
  readonly functions: readonly DeployedFunction[];
  readonly routes: readonly Route[];
  readonly stateMachine: {
    readonly arn: string;
    readonly roleArn: string;
    readonly definition: StateMachineDefinition;
  };
  readonly buckets: readonly string[];
  /** The names of the secrets that come with the stack. */
  readonly secrets: readonly string[];
  /** Where the REST API would be found, as in `https://….execute-api.us-east-1.amazonaws.com/prod`. */
  readonly apiUrl: string;
  readonly rules: readonly EventRule[];
}

/** @param folder a cloud assembly that holds the stack TemplateVideo */
export async function readDeployment(folder: string): Promise<Deployment> {
  const template = await readTemplate(folder, 'TemplateVideo');
  return {
    functions: readFunctions(template, folder),
    routes: readRoutes(template),
    stateMachine: readStateMachine(template),
    buckets: [...template.resources('AWS::S3::Bucket').keys()].map(template.nameOf),
    secrets: [...template.resources('AWS::SecretsManager::Secret').keys()].map(template.nameOf),
    apiUrl: readApiUrl(template),
    rules: readRules(template),
  };
}

function readApiUrl(template: SynthesizedTemplate): string {
  const [stage] = template.resources('AWS::ApiGateway::Stage').values();
  const { RestApiId, StageName } = stage ?? {};
  return `https://${RestApiId}.execute-api.${REGION}.amazonaws.com/${StageName}`;
}

/** The function of a construct, as in `CopyVideo`; the CDK appends a hash to its id. */
export function functionOf({ functions }: Deployment, construct: string): DeployedFunction {
  const found = functions.find(({ name }) => name.slice(0, -8) === `TemplateVideo${construct}`);
  if (found === undefined) throw new Error(`There is no function ${construct}.`);
  return found;
}

interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Handler: string;
  readonly Timeout: number;
  readonly MemorySize: number;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
}

function readFunctions(template: SynthesizedTemplate, folder: string): readonly DeployedFunction[] {
  return [...template.resources('AWS::Lambda::Function')].map(([logicalId, properties]) => {
    const { Code, Handler, Timeout, MemorySize, Environment } = properties as unknown as FunctionProperties;
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

interface ResourceProperties {
  readonly ParentId: string;
  readonly PathPart: string;
}

interface MethodProperties {
  readonly HttpMethod: string;
  readonly ResourceId: string;
  readonly Integration: { readonly Type: string; readonly Uri: string };
}

function readRoutes(template: SynthesizedTemplate): readonly Route[] {
  const parts = template.resources('AWS::ApiGateway::Resource');
  const pathOf = (logicalId: string): string => {
    const part = parts.get(logicalId) as unknown as ResourceProperties | undefined;
    return part === undefined ? '' : `${pathOf(part.ParentId)}/${part.PathPart}`;
  };
  return [...template.resources('AWS::ApiGateway::Method').values()].map((properties) => {
    const { HttpMethod: method, ResourceId, Integration } = properties as unknown as MethodProperties;
    const functionArn = /functions\/(.+)\/invocations$/.exec(Integration.Uri)?.[1];
    if (Integration.Type !== 'AWS_PROXY' || functionArn === undefined) {
      throw new Error(
        `There is no local stand-in for the ${Integration.Type} integration of ${method} ${pathOf(ResourceId)}.`,
      );
    }
    return { method, path: pathOf(ResourceId) || '/', functionArn };
  });
}

interface StateMachineProperties {
  readonly DefinitionString: string;
  readonly RoleArn: string;
}

function readStateMachine(template: SynthesizedTemplate): Deployment['stateMachine'] {
  const [first, ...others] = template.resources('AWS::StepFunctions::StateMachine');
  if (first === undefined || others.length > 0)
    throw new Error('The template does not hold exactly one state machine.');
  const [logicalId, properties] = first;
  const { DefinitionString, RoleArn } = properties as unknown as StateMachineProperties;
  return { arn: template.arnOf(logicalId), roleArn: RoleArn, definition: JSON.parse(DefinitionString) };
}
