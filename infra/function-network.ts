import type { ISecurityGroup, IVpc, SecurityGroup, SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { InvalidSetting } from './settings.ts';

/** Where the functions run that call MiniMax or the hosts of files: `SubmitTask`, `CheckTask` and `CopyVideo`. */
export interface FunctionNetwork {
  /**
   * The VPC of these functions. They need a way to the Internet, and to S3, DynamoDB, Secrets Manager and X-Ray. The other
   * functions call AWS only and stay outside.
   * @default Lambda's own network
   */
  readonly vpc?: IVpc | Vpc;
  /** Their subnets. @default the private subnets of the VPC */
  readonly vpcSubnets?: SubnetSelection;
  /** Their security groups, which have to allow HTTPS to everywhere. @default one for each function, which allows all outgoing calls */
  readonly securityGroups?: readonly (ISecurityGroup | SecurityGroup)[];
}

/** Of the role of a function in a VPC: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const INTERFACE_ACTIONS: readonly string[] = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** @throws InvalidSetting for parts of a VPC without the VPC */
export function requireVpc({ vpc, vpcSubnets, securityGroups }: FunctionNetwork): void {
  if (vpc !== undefined) return;
  for (const [name, value] of Object.entries({ vpcSubnets, securityGroups }))
    if (value !== undefined) throw new InvalidSetting(`Property ${name} needs the property vpc.`);
}

/** The network of a function, as Lambda's construct takes it. */
export function toLambdaNetwork({ vpc, vpcSubnets, securityGroups }: FunctionNetwork = {}) {
  return {
    vpc: vpc as IVpc | undefined,
    vpcSubnets,
    securityGroups: securityGroups && ([...securityGroups] as ISecurityGroup[]),
  };
}

/** Lambda attaches a function to a VPC with the role of the function, and takes the resource * only. */
export function grantInterfaces(role: IRole): void {
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [...INTERFACE_ACTIONS], resources: ['*'] }));
}
