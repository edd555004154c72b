/** Runs before each test file of the project `quick`: whatever starts a Temporal server in this process fails. */
import { vi } from 'vitest';

import { needsTemporal } from './needsTemporal.js';

vi.mock('../../../stack/temporal/server.js', () => ({ startTemporal: needsTemporal }));
