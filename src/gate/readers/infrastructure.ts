import { namedTrace } from '../common/gate-index.js';
import type { GateReader } from '../common/reader.js';

// Types of Terraform (aws_bedrock_agent), CloudFormation (AWS::Bedrock::Agent) and Azure (Microsoft.MachineLearningServices/workspaces),
// actions of policies (bedrock:InvokeModel), names of services as SDKs take them ("bedrock-runtime").
const name =
  /(?<![\w.:/-])(?:(?:AWS|Alexa)::\w{1,60}(?:::\w{1,60})?|Microsoft\.\w{1,60}(?:\/\w{1,60}){1,4}|[a-z]\w{2,40}:[A-Z*]\w{0,60}|[a-z][a-z0-9]{1,20}_[a-z0-9_]{2,80})(?![\w:])/g;
const client = /\b(?:client|resource)\(\s{0,20}["']([a-z][a-z0-9-]{2,60})["']/g;

/** Resources of cloud providers: Terraform, CloudFormation, ARM and Bicep, policies; clients of AWS in Python. */
export const reader: GateReader = {
  title: 'Infrastructure code: Terraform, CloudFormation, ARM and Bicep, IAM policies, boto3 clients',
  reads: ({ language, name: file, kind }) =>
    language === 'terraform' ||
    language === 'python' ||
    file.endsWith('.bicep') ||
    (kind === 'config' && /\.(?:ya?ml|json|template)$/.test(file)),
  *read(file, index) {
    const seen = new Set<string>();
    const pattern = file.name.language === 'python' ? client : name;
    for (const match of file.text.matchAll(pattern)) {
      const found = match[1] ?? match[0];
      if (seen.has(found)) continue;
      seen.add(found);
      const named = index.resource(found);
      if (named !== undefined && !file.inComment(match.index))
        yield namedTrace('resource', named, found, file, match.index);
    }
  },
};
