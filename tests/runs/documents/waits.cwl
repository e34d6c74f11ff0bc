cwlVersion: v1.2
$graph:
  - id: main
    class: Workflow
    requirements: {ScatterFeatureRequirement: {}}
    inputs: {words: "string[]"}
    steps:
      wait:
        run: "#wait"
        scatter: word
        in: {word: words}
        out: [waited]
    outputs:
      waited: {type: "File[]", outputSource: wait/waited}
  - id: wait
    class: CommandLineTool
    requirements: {DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}}
    baseCommand: [sh, -c]
    arguments: ['echo $0 > waited.txt; sleep 0.5', $(inputs.word)]
    inputs: {word: string}
    outputs: {waited: {type: File, outputBinding: {glob: waited.txt}}}
