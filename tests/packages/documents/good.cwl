cwlVersion: v1.2
$namespaces:
  s: https://schema.org/
s:softwareVersion: 1.0.0
s:author: [{class: s:Organization, s:name: Somebody}]
s:citation: https://doi.org/10.5555/12345678
s:codeRepository: https://example.org/code
s:contributor: [{class: s:Organization, s:name: Somebody}]
s:dateCreated: "2026-11-26"
s:keywords: [scenes]
s:license: https://spdx.org/licenses/Apache-2.0
s:releaseNotes: https://example.org/notes
$graph:
- class: Workflow
  id: app
  label: Application
  doc: Looks at every scene, then collects what was seen.
  requirements:
    ScatterFeatureRequirement: {}
    SubworkflowFeatureRequirement: {}
  inputs:
    scenes:
      type: Directory[]
      label: Scenes
      doc: The scenes to look at, staged in.
    threshold:
      type: float
      label: Threshold
      doc: From which value on it counts.
      default: 0.5
  steps:
    # once for each scene
    look:
      run: "#look"
      scatter: scene
      scatterMethod: dotproduct
      in:
        scene: scenes
        threshold: threshold
      out: [seen]
    collect:
      run: "#collecting"
      in: {parts: look/seen}
      out: [result]
  outputs:
    result:
      type: Directory
      label: Result
      doc: A folder with catalog.json.
      outputSource: collect/result

- class: Workflow
  id: collecting
  label: Collecting
  doc: Puts the parts into one folder.
  inputs:
    parts:
      type: Directory[]
      label: Parts
      doc: The folders to collect.
  steps:
    collect:
      run: "#collect"
      in: {parts: parts}
      out: [result]
  outputs:
    result:
      type: Directory
      outputSource: collect/result

- class: CommandLineTool
  id: look
  requirements:
    DockerRequirement:
      dockerPull: registry.example.org/look@sha256:0b5ae6b54e2cd2c7f0a2dd4e6b9ac3f3a2b3a1c79e7c1a7d1e2c2f3b4a5d6e7f
    ResourceRequirement: {coresMin: 1, coresMax: 1, ramMin: 512, ramMax: 1024}
  baseCommand: [look, at]
  inputs:
    scene:
      type: Directory
      inputBinding: {position: 1}
    threshold:
      type: float
      inputBinding: {prefix: --threshold}
  outputs:
    seen:
      type: Directory
      outputBinding: {glob: seen}

- class: CommandLineTool
  id: collect
  requirements:
  - class: DockerRequirement
    dockerPull: registry.example.org/look@sha256:0b5ae6b54e2cd2c7f0a2dd4e6b9ac3f3a2b3a1c79e7c1a7d1e2c2f3b4a5d6e7f
  - class: ResourceRequirement
    coresMin: 1
    coresMax: 1
    ramMin: 512
    ramMax: 1024
  baseCommand: collect
  inputs:
    parts:
      type: Directory[]
      inputBinding: {position: 1}
  outputs:
    result:
      type: Directory
      outputBinding: {glob: result}
