// Checks Kubernetes manifests. Each line of stdin is a JSON string with the YAML of some objects.
// Values are checked with the schemas of the API, and names of fields with its types, because the schemas accept unknown fields.
// Each is answered with a line: one JSON object with the objects and their errors. At the end of stdin it exits.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';

const packages = {
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api/',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/',
};
const here = fileURLToPath(new URL('.', import.meta.url));

const module = ({ apiVersion, kind }) => {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return `${packages[group] ?? 'kubernetes-models/'}${apiVersion}/${kind}`;
};

const name = (object) => `${object.kind}/${object.metadata?.name}`;

async function valueErrors(object) {
  try {
    const Model = (await import(module(object)))[object.kind];
    new Model(object).validate();
    return [];
  } catch (error) {
    return [`${name(object)}: ${error.message}`];
  }
}

// The types of the API are many files: they are parsed once for all lines.
const parsed = new Map();
let program;

/** Compiles the objects as literals of the API's types: TypeScript rejects unknown properties in a literal. */
function nameErrors(objects) {
  const file = `${here}manifests.ts`;
  const source = objects.map((object, i) =>
    `import type { I${object.kind} as T${i} } from '${module(object)}';\n`
    + `export const x${i}: T${i} = ${JSON.stringify(object)};\n`).join('');
  const options = {
    noEmit: true, strict: true, skipLibCheck: true, types: [],
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => path === file ? source : readFile(path);
  host.getSourceFile = (path, ...rest) => {
    if (path === file) return ts.createSourceFile(path, source, ts.ScriptTarget.ES2022);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, ...rest));
    return parsed.get(path);
  };
  program = ts.createProgram([file], options, host, program);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const line = diagnostic.file ? diagnostic.file.text.slice(0, diagnostic.start).split('\n').length : 0;
    const object = objects[Math.ceil(line / 2) - 1];
    const subject = object ? name(object) : diagnostic.file?.fileName;
    return `${subject}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`;
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const documents = parseAllDocuments(JSON.parse(line));
  const objects = documents.map((document) => document.toJS()).filter((object) => object);
  const errors = documents.flatMap((document) => document.errors.map((error) => error.message));
  for (const object of objects) errors.push(...await valueErrors(object));
  errors.push(...nameErrors(objects));
  console.log(JSON.stringify({ objects, errors }));
}
