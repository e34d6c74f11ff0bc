/**
 * The browser tests: a real server, a real browser, real runs.
 *
 * UI_PORT chooses the port (the server with a token, which has no container engine, gets the next one, the one
 * with a podman store of its own the one after that), UI_JUNIT the junit file.
 */
import { randomBytes } from 'crypto';

import galata from '@jupyterlab/galata/lib/playwright-config';
import type { PlaywrightTestConfig } from '@playwright/test';

const baseConfig = galata as unknown as PlaywrightTestConfig;

const port = Number(process.env.UI_PORT ?? 8898);
process.env.UI_TOKEN ??= randomBytes(12).toString('hex');
process.env.UI_TOKEN_URL = `http://127.0.0.1:${port + 1}`;
process.env.UI_ENGINE_URL = `http://127.0.0.1:${port + 2}`;
process.env.TARGET_URL = `http://127.0.0.1:${port}`;

const server = (at: number, token: string, engine: string) => ({
  command: 'jlpm start',
  url: `http://127.0.0.1:${at}/api`,
  timeout: 180_000,
  reuseExistingServer: false,
  gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 10_000 },
  env: {
    ...(process.env as Record<string, string>),
    UI_PORT: String(at),
    UI_SERVER_TOKEN: token,
    UI_SERVER_ENGINE: engine
  }
});

const config: PlaywrightTestConfig = {
  ...baseConfig,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  fullyParallel: false,
  workers: 1,
  retries: 0,
  reporter: [
    ['list'],
    ['junit', { outputFile: process.env.UI_JUNIT ?? 'junit.xml' }]
  ],
  use: {
    ...baseConfig.use,
    baseURL: process.env.TARGET_URL,
    actionTimeout: 30_000,
    viewport: { width: 1440, height: 860 },
    // Its own ffmpeg is not needed for anything else.
    video: 'off',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.UI_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-features=OnDeviceModel,Vulkan',
        '--log-level=3'
      ]
    }
  },
  webServer: [
    server(port, '', ''),
    server(port + 1, process.env.UI_TOKEN, 'none'),
    server(port + 2, '', 'private')
  ]
};

export default config;
