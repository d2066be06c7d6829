import type { IRestApi } from 'aws-cdk-lib/aws-apigateway';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { CALLS, type CallName } from '../lambdas/core/api/routes.ts';

/** The one stage of the API. */
export const STAGE = 'prod';

/** What a caller may be allowed to do. */
export type Access = 'start' | 'read' | 'cancel';

/** Which calls belong to each access. Who may start a video also sees what the templates need. */
export const ACCESS_OF: Readonly<Record<CallName, readonly Access[]>> = {
  'start-video': ['start'],
  'create-upload': ['start'],
  'list-templates': ['start', 'read'],
  'list-videos': ['read'],
  'get-video': ['read'],
  'get-history': ['read'],
  'get-workflow': ['start', 'read'],
  'get-usage': ['read'],
  'cancel-video': ['cancel'],
};

/** Lets an IAM identity invoke exactly the methods of an access. */
export function grantAccess(api: IRestApi, grantee: IGrantable, access: Access): Grant {
  const names = (Object.keys(CALLS) as CallName[]).filter((name) => ACCESS_OF[name].includes(access));
  const resourceArns = names.map((name) => {
    const { method, path } = CALLS[name];
    return api.arnForExecuteApi(method, path.replaceAll(/\{\w+\}/g, '*'), STAGE);
  });
  return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
}
