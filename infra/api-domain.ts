import { BasePathMapping, type IDomainName, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import type { VideoDomain } from './template-video-props.ts';

/** Puts an API under a domain. @returns its address there, without a slash at its end */
export function addDomain(
  scope: Construct,
  restApi: RestApi,
  { domainName: given, basePath }: VideoDomain,
): string {
  const domainName = given as IDomainName;
  const stage = restApi.deploymentStage;
  new BasePathMapping(scope, 'Domain', { domainName, restApi, basePath, stage });
  return [`https://${domainName.domainName}`, basePath ?? []].flat().join('/');
}
