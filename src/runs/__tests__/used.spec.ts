import { nullTranslator } from '@jupyterlab/translation';

import type { ToolUsed } from '../../contract';
import { sentence, titleOf, wanted } from '../used';

const trans = nullTranslator.load('ellip_lab');
const edit = {
  path: 'a.cwl',
  line: 1,
  column: 1,
  end_line: 1,
  end_column: 1,
  text: ''
};
const TOOL: ToolUsed = {
  tool: 'crop',
  steps: ['crop', 'again'],
  runs: 12,
  jobs: 30,
  memory: 690 * 2 ** 20,
  cores: 1.4,
  asks_memory: 256,
  asks_cores: 1,
  ram_min: 896,
  cores_min: 2,
  margin: 0.25,
  edits: [edit]
};

describe('what a tool has used', () => {
  it('is one sentence', () => {
    expect(sentence(TOOL, trans)).toBe(
      'crop used 690 MiB at most in 12 runs; the document asks for 256 MiB.'
    );
    expect(sentence({ ...TOOL, runs: 1, asks_memory: null }, trans)).toBe(
      'crop used 690 MiB at most in 1 run; the document does not say what it needs.'
    );
    expect(sentence({ ...TOOL, memory: null }, trans)).toContain(
      'never measured'
    );
  });

  it('asks for what it does not ask for yet', () => {
    expect(wanted(TOOL, trans)).toBe('896 MiB and 2 cores');
    expect(wanted({ ...TOOL, cores_min: 1 }, trans)).toBe('896 MiB');
    expect(wanted({ ...TOOL, asks_memory: 896 }, trans)).toBe('2 cores');
    expect(wanted({ ...TOOL, edits: [] }, trans)).toBe('');
  });

  it('is named after the steps where the tool has no name', () => {
    expect(titleOf({ ...TOOL, tool: '' }, trans)).toBe('crop, again');
    expect(titleOf({ ...TOOL, tool: '', steps: [] }, trans)).toBe('This tool');
  });
});
