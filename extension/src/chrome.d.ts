// The part of the WebExtensions API that is used, as developer.chrome.com and MDN describe it. Firefox has it under the same name.

interface ExtensionEvent<F extends (...args: never[]) => unknown> {
  addListener(listener: F): void;
}

interface StorageArea {
  get(keys?: string | string[] | null): Promise<Record<string, unknown>>;
  set(items: Record<string, unknown>): Promise<void>;
  remove(keys: string | string[]): Promise<void>;
}

interface MessageSender {
  url?: string;
  origin?: string;
  frameId?: number;
  id?: string;
  tab?: { id?: number; incognito?: boolean };
}

interface Manifest {
  name: string;
  version: string;
  host_permissions?: string[];
}

declare const chrome: {
  storage: {
    local: StorageArea;
    session: StorageArea;
    managed: StorageArea;
    onChanged: ExtensionEvent<(changes: Record<string, unknown>, area: string) => void>;
  };
  alarms: {
    create(name: string, info: { when?: number; delayInMinutes?: number; periodInMinutes?: number }): Promise<void>;
    get(name: string): Promise<{ periodInMinutes?: number; scheduledTime: number } | undefined>;
    onAlarm: ExtensionEvent<(alarm: { name: string }) => void>;
  };
  runtime: {
    id: string;
    getManifest(): Manifest;
    getURL(path: string): string;
    getPlatformInfo(): Promise<{ os: string }>;
    openOptionsPage(): Promise<void>;
    sendMessage(message: unknown): Promise<unknown>;
    onMessage: ExtensionEvent<
      (message: unknown, sender: MessageSender, respond: (answer: unknown) => void) => boolean | undefined
    >;
    onInstalled: ExtensionEvent<() => void>;
    onStartup: ExtensionEvent<() => void>;
  };
  webNavigation: {
    onCommitted: ExtensionEvent<(details: { url: string; frameId: number; documentLifecycle?: string }) => void>;
  };
  scripting: {
    getRegisteredContentScripts(filter?: { ids: string[] }): Promise<{ id: string; matches?: string[] }[]>;
    registerContentScripts(scripts: Record<string, unknown>[]): Promise<void>;
    unregisterContentScripts(filter: { ids: string[] }): Promise<void>;
  };
  management: {
    getAll(): Promise<{ id: string; version: string; enabled: boolean; type: string }[]>;
    onInstalled: ExtensionEvent<() => void>;
    onUninstalled: ExtensionEvent<() => void>;
    onEnabled: ExtensionEvent<() => void>;
    onDisabled: ExtensionEvent<() => void>;
  };
  action: { onClicked: ExtensionEvent<() => void> };
};
