cwlVersion: v1.2
$graph:
  - id: loop
    class: Workflow
    requirements: {ScatterFeatureRequirement: {}, InlineJavascriptRequirement: {}}
    inputs: {words: "string[]"}
    steps:
      say: {run: "#say", scatter: word, in: {word: words}, out: [said]}
    outputs: {said: {type: "File[]", outputSource: say/said}}
  - id: say
    class: CommandLineTool
    requirements: {DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}, InlineJavascriptRequirement: {}}
    baseCommand: [echo]
    arguments: ["${ return nothing.here; }"]
    inputs: {word: string}
    outputs: {said: stdout}
    stdout: said.txt
