/** Starts `fslint lsp` and hands it to VS Code; everything else is done by the server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  commands,
  type ExtensionContext,
  Location,
  Position,
  Range,
  Uri,
  window,
  workspace,
} from 'vscode';
import { type Executable, LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/node';

const LANGUAGES = [
  'javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'python', 'vue', 'svelte', 'astro', 'html', 'yaml',
];

interface LspPosition { line: number; character: number }
interface LspLocation { uri: string; range: { start: LspPosition; end: LspPosition } }

let client: LanguageClient | undefined;

/** The command of the settings, else the workspace's virtual environment, else the PATH. */
function command(): string[] {
  const given = workspace.getConfiguration('fslint').get<string[]>('command') ?? [];
  if (given.length > 0) return given;
  const program = process.platform === 'win32' ? ['.venv', 'Scripts', 'fslint.exe'] : ['.venv', 'bin', 'fslint'];
  for (const folder of workspace.workspaceFolders ?? []) {
    const file = join(folder.uri.fsPath, ...program);
    if (existsSync(file)) return [file];
  }
  return ['fslint'];
}

function position(at: LspPosition): Position {
  return new Position(at.line, at.character);
}

/** What code lenses do: show an event's calls beside its registration. */
async function showCalls(uri: string, at: LspPosition, calls: LspLocation[]): Promise<void> {
  const places = calls.map(
    (call) => new Location(Uri.parse(call.uri), new Range(position(call.range.start), position(call.range.end))),
  );
  await commands.executeCommand('editor.action.showReferences', Uri.parse(uri), position(at), places);
}

async function start(): Promise<void> {
  const [program = 'fslint', ...first] = command();
  const server: Executable = { command: program, args: [...first, 'lsp'] };
  const options: LanguageClientOptions = {
    documentSelector: LANGUAGES.map((language) => ({ scheme: 'file', language })),
    synchronize: { configurationSection: 'fslint' },
    initializationOptions: {
      inlayHints: workspace.getConfiguration('fslint').get('inlayHints') === true,
      showReferencesCommand: 'fslint.showCalls',
    },
  };
  client = new LanguageClient('fslint', 'fslint', server, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const install = "pip install 'fslint[lsp]'";
    void window.showErrorMessage(`fslint cannot be started (${program}): ${String(error)}. Install it with ${install}.`);
  }
}

async function stop(): Promise<void> {
  await client?.stop();
  client = undefined;
}

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand('fslint.restart', async () => {
      await stop();
      await start();
    }),
    commands.registerCommand('fslint.showCalls', showCalls),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await stop();
}
