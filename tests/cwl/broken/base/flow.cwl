cwlVersion: v1.2
$graph:
  - class: Workflow
    id: main
    label: Water from a scene
    requirements:
      - class: ScatterFeatureRequirement
      - class: SubworkflowFeatureRequirement
      - class: StepInputExpressionRequirement
      - class: MultipleInputFeatureRequirement
      - class: InlineJavascriptRequirement
    inputs:
      scene: Directory
      bands:
        type: string[]
        default: [green, nir]
      aoi: string?
      threshold:
        type: float
        default: 0.1
      publish: boolean
    outputs:
      water:
        type: File
        outputSource: detect/mask
      catalogue:
        type: Directory?
        outputSource: stage/catalogue
      all:
        type: File[]
        outputSource: [ndwi/index, detect/mask]
        linkMerge: merge_nested
    steps:
      crop:
        run: '#crop'
        scatter: band
        scatterMethod: dotproduct
        in:
          scene: scene
          band: bands
          window: aoi
        out: [raster]
      ndwi:
        run: '#norm_diff'
        in:
          rasters: crop/raster
          name:
            valueFrom: $("ndwi-" + inputs.rasters.length)
        out: [index]
      detect:
        run: '#detect'
        in:
          index: ndwi/index
          level: threshold
        out: [mask]
      stage:
        run: '#stage'
        when: $(inputs.wanted)
        in:
          wanted: publish
          files:
            source: [ndwi/index, detect/mask]
            linkMerge: merge_flattened
        out: [catalogue]
  - class: Workflow
    id: detect
    inputs:
      index: File
      level: float
    outputs:
      mask:
        type: File
        outputSource: clean/cleaned
    steps:
      cut:
        run: '#cut'
        in: {index: index, level: level}
        out: [mask]
      clean:
        run:
          class: CommandLineTool
          baseCommand: sieve
          inputs:
            mask: {type: File, inputBinding: {position: 1}}
          outputs:
            cleaned: {type: File, outputBinding: {glob: '*.tif'}}
        in: {mask: cut/mask}
        out: [cleaned]
  - class: CommandLineTool
    id: crop
    baseCommand: crop
    inputs:
      scene: {type: Directory, inputBinding: {position: 1}}
      band: {type: string, inputBinding: {prefix: --band}}
      window: {type: string?, inputBinding: {prefix: --aoi}}
    outputs:
      raster: {type: File, outputBinding: {glob: '*.tif'}}
  - class: CommandLineTool
    id: norm_diff
    baseCommand: norm_diff
    inputs:
      rasters: {type: 'File[]', inputBinding: {}}
      name: {type: string, inputBinding: {prefix: --name}}
    outputs:
      index: {type: File, outputBinding: {glob: '*.tif'}}
  - class: CommandLineTool
    id: cut
    baseCommand: cut
    arguments: [$(inputs.index.path), --level, $(inputs.level)]
    inputs: {index: File, level: float}
    outputs: {mask: {type: File, outputBinding: {glob: 'mask.tif'}}}
  - class: CommandLineTool
    id: stage
    baseCommand: stage
    inputs:
      files: {type: 'File[]', inputBinding: {}}
    outputs:
      catalogue: {type: Directory, outputBinding: {glob: .}}
