import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { CreateMessageRequestSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { pathToFileURL } from 'node:url';

// A client that answers every request of a server with recognizable values, and counts what arrives.
export class Observer {
  #results = {};
  #errors = {};
  #notifications = {};
  #requests = {};
  #listeners = new Set();

  constructor({ directory }) {
    const root = directory ? pathToFileURL(directory).href : 'file:///interop/root';
    this.client = new Client(
      { name: 'mcpgateway-interop', version: '1.0.0' },
      { capabilities: { sampling: {}, elicitation: { form: {} }, roots: { listChanged: true } } },
    );
    this.#answer(CreateMessageRequestSchema, ({ params }) => ({
      role: 'assistant',
      model: 'interop-model',
      content: { type: 'text', text: `sampled: ${params.messages.at(-1).content.text}` },
    }));
    this.#answer(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada Interop', check: true } }));
    this.#answer(ListRootsRequestSchema, () => ({ roots: [{ uri: root, name: 'interop-root' }] }));
    this.client.fallbackNotificationHandler = async (notification) => this.#notified(notification);
  }

  async step(name, action) {
    try {
      this.#results[name] = (await action()) ?? null;
    } catch (error) {
      this.#errors[name] = String(error?.message ?? error);
    }
  }

  // Returns the text of a tool's result.
  async call(name, args, options) {
    const result = await this.client.callTool({ name, arguments: args }, undefined, options);
    if (result.isError) throw new Error(`${name}: ${result.content[0]?.text}`);
    return result.content.map((block) => block.text).join('\n');
  }

  // Resolves with the next notification with this method.
  next(method, milliseconds = 10_000) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${method} within ${milliseconds} ms`)), milliseconds);
      // The timer must not keep the process alive when the scenario has ended.
      timer.unref();
      const listener = (notification) => {
        if (notification.method !== method) return;
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(notification);
      };
      this.#listeners.add(listener);
    });
  }

  report() {
    return {
      server: this.client.getServerVersion() ?? null,
      results: this.#results,
      errors: this.#errors,
      notifications: this.#notifications,
      requests: this.#requests,
    };
  }

  #answer(schema, answer) {
    this.client.setRequestHandler(schema, async (request) => {
      this.#requests[request.method] = (this.#requests[request.method] ?? 0) + 1;
      return answer(request);
    });
  }

  #notified(notification) {
    this.#notifications[notification.method] = (this.#notifications[notification.method] ?? 0) + 1;
    for (const listener of [...this.#listeners]) listener(notification);
  }
}
