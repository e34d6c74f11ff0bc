/**
 * Our own icons; JupyterLab's are used wherever it has one.
 */
import { LabIcon } from '@jupyterlab/ui-components';

/** The runs: a dish that listens, with its beam. */
export const runsIcon = new LabIcon({
  name: 'ellip-lab:runs',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><circle cx="5" cy="6" r="2.1"/><circle cx="5" cy="18" r="2.1"/><path d="M7.2 6h3.2c1.2 0 2 .8 2 2v8c0 1.2-.8 2-2 2H7.2"/></g><path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M14.6 8.2v7.6l6.6-3.8z"/></svg>'
});

/** A CWL document: two steps and their link, on a page. */
export const cwlIcon = new LabIcon({
  name: 'ellip-lab:cwl',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zm4 18H6V4h7v5h5z"/><g class="jp-icon-warn0" fill="#f57c00"><circle cx="9" cy="12" r="1.7"/><circle cx="15" cy="17" r="1.7"/><path d="M8.3 12.5h1.4v3.8h4v1.4H9.3a1 1 0 0 1-1-1z"/></g></svg>'
});

/** The demo package: water, seen from above. */
export const demoIcon = new LabIcon({
  name: 'ellip-lab:demo',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><circle cx="12" cy="12" r="9" class="jp-icon-brand0" fill="#1976d2"/><path class="jp-icon-inverse0" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round" d="M5.6 10.2c1.6-1.5 3.2-1.5 4.8 0s3.2 1.5 4.8 0 2.4-1.2 3.4-.6M5.6 14.6c1.6-1.5 3.2-1.5 4.8 0s3.2 1.5 4.8 0 2.4-1.2 3.4-.6"/></svg>'
});

/** Storage: a bucket. */
export const storageIcon = new LabIcon({
  name: 'ellip-lab:storage',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="M12 2C7 2 3 3.7 3 6l2.1 13.1C5.5 21 8.4 22 12 22s6.5-1 6.9-2.9L21 6c0-2.3-4-4-9-4zm0 2c4.3 0 7 1.4 7 2s-2.7 2-7 2-7-1.4-7-2 2.7-2 7-2zM5.3 8.5C6.9 9.4 9.3 10 12 10s5.1-.6 6.7-1.5L17.9 13c-1.3.7-3.4 1.2-5.9 1.2S7.4 13.7 6.1 13zm1.2 7c1.5.5 3.4.7 5.5.7s4-.2 5.5-.7l-.5 3.2c-.2.6-2.2 1.3-5 1.3s-4.8-.7-5-1.3z"/></svg>'
});

/** Containers: a box, seen from its corner. */
export const containersIcon = new LabIcon({
  name: 'ellip-lab:containers',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="M12 1.9 21 6.9v10.2l-9 5-9-5V6.9zm0 2.3L6.1 7.5l5.9 3.3 5.9-3.3zM5 9.2v6.7l6 3.3v-6.7zm14 0-6 3.3v6.7l6-3.3z"/></svg>'
});

/** Applications: windows, one of them in front. */
export const appsIcon = new LabIcon({
  name: 'ellip-lab:apps',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="M3 3h13a2 2 0 0 1 2 2v2h1a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2v-2H5a2 2 0 0 1-2-2zm2 2v10h1V9a2 2 0 0 1 2-2h8V5zm3 6.5V19h11v-7.5z"/></svg>'
});

/** Toolboxes: a box with a handle and its tools' drawer. */
export const toolboxesIcon = new LabIcon({
  name: 'ellip-lab:toolboxes',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><path class="jp-icon3 jp-icon-selectable" fill="#616161" fill-rule="evenodd" d="M9 3.5h6A1.9 1.9 0 0 1 16.9 5.4V7H20a2 2 0 0 1 2 2v9.5a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2h3.1V5.4A1.9 1.9 0 0 1 9 3.5zm.1 3.5h5.8V5.5H9.1zM4 9v3.5h3.5v-1.2h2v1.2h5v-1.2h2v1.2H20V9zm0 5.5v4h16v-4h-3.5v1.2h-2v-1.2h-5v1.2h-2v-1.2z"/></svg>'
});

/** A graph: what comes in, a step, what comes out. */
export const graphIcon = new LabIcon({
  name: 'ellip-lab:graph',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8" stroke-linejoin="round"><rect x="5" y="9.5" width="14" height="5" rx="1.4"/><path d="M7.5 5.5v4M16.5 5.5v4M12 14.5v4"/></g><g class="jp-icon3 jp-icon-selectable" fill="#616161"><circle cx="7.5" cy="4.2" r="2.1"/><circle cx="16.5" cy="4.2" r="2.1"/><circle cx="12" cy="19.8" r="2.1"/></g></svg>'
});

/** The tour: a flag on its way. */
export const tourIcon = new LabIcon({
  name: 'ellip-lab:tour',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16"><g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path d="M6 21V4"/><path d="M3 21h6" /></g><path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M7 4h11.2a.6.6 0 0 1 .5.9L16.8 8.5l1.9 3.6a.6.6 0 0 1-.5.9H7z"/></svg>'
});

/** Something is offered: a light. */
export const bulbIcon = new LabIcon({
  name: 'ellip-lab:bulb',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="14"><path class="jp-icon-warn0" fill="#f57c00" d="M12 2a7 7 0 0 0-4 12.7V17a1 1 0 0 0 1 1h6a1 1 0 0 0 1-1v-2.3A7 7 0 0 0 12 2zM9 20h6v1a1 1 0 0 1-1 1h-4a1 1 0 0 1-1-1z"/></svg>'
});
