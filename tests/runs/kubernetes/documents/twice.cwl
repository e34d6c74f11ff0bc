cwlVersion: v1.2
doc: Steps of the same name in two sub-workflows, one of them scattered; every output has the same name.
$graph:
  - id: main
    class: Workflow
    requirements: {ScatterFeatureRequirement: {}, SubworkflowFeatureRequirement: {}}
    inputs: {words: "string[]"}
    steps:
      one: {run: "#inner", scatter: word, in: {word: words}, out: [said]}
      two: {run: "#other", in: {words: words}, out: [said]}
    outputs:
      one: {type: "File[]", outputSource: one/said}
      two: {type: "File[]", outputSource: two/said}
  - id: inner
    class: Workflow
    inputs: {word: string}
    steps:
      say: {run: "#say", in: {word: word, place: {default: one}}, out: [said]}
    outputs: {said: {type: File, outputSource: say/said}}
  - id: other
    class: Workflow
    requirements: {ScatterFeatureRequirement: {}}
    inputs: {words: "string[]"}
    steps:
      say: {run: "#say", scatter: word, in: {word: words, place: {default: two}}, out: [said]}
    outputs: {said: {type: "File[]", outputSource: say/said}}
  - id: say
    class: CommandLineTool
    requirements:
      DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
      ResourceRequirement: {coresMin: 0.05, ramMin: 32}
    baseCommand: [sh, -c]
    arguments: ['echo "$1 says $2" >&2; echo "$1 $2"', sh, $(inputs.place), $(inputs.word)]
    inputs: {word: string, place: string}
    stdout: said.txt
    outputs: {said: stdout}
