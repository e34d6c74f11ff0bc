#!/usr/bin/env cwl-runner
# Surface water in an optical scene: an EO Application Package (OGC 20-089r1).
#
# The tools call one program, `water-bodies`, which the image holds at /usr/local/bin (see Containerfile).
# A run without containers finds the same program on PATH: ellip-lab installs it beside `ellip`.
cwlVersion: v1.2

$namespaces:
  s: https://schema.org/

s:softwareVersion: 1.0.0
s:name: Water bodies
s:description: Maps surface water in an optical scene from its green and near-infrared bands.
s:license: https://spdx.org/licenses/Apache-2.0
s:dateCreated: "2026-11-22"
s:keywords: [water, NDWI, Otsu, STAC, Landsat]
s:codeRepository: https://ellip-lab.readthedocs.io
s:releaseNotes: https://ellip-lab.readthedocs.io/packages
s:author:
  - class: s:Organization
    s:name: Ellip Studio
s:contributor:
  - class: s:Organization
    s:name: Ellip Studio
s:citation: https://doi.org/10.1080/01431169608948714

$graph:
  - id: water-bodies
    class: Workflow
    label: Water bodies
    doc: |
      Crops two bands of a STAC Item to an area of interest, computes their normalised difference
      (McFeeters' NDWI for green and near infrared), splits it into water and land with Otsu's threshold,
      and writes a STAC catalog with the mask as a cloud-optimised GeoTIFF.
    requirements:
      ScatterFeatureRequirement: {}
    inputs:
      item:
        type: string
        label: STAC Item
        doc: URL of the STAC Item of the scene; its bands are read by HTTP range.
      aoi:
        type: string
        label: Area of interest
        doc: "Bounding box as west,south,east,north, in the coordinate reference system given by epsg."
      bands:
        type: string[]
        label: Bands
        doc: The two bands of the index, by asset key or common name; water is bright in the first.
        default: [green, nir]
      epsg:
        type: string
        label: Coordinate reference system
        doc: The coordinate reference system of the area of interest, as an EPSG code.
        default: EPSG:4326
    steps:
      crop:
        label: Crop the bands
        doc: One job a band, all at the same time.
        run: "#crop"
        scatter: band
        scatterMethod: dotproduct
        in:
          item: item
          band: bands
          aoi: aoi
          epsg: epsg
        out: [cropped]
      norm_diff:
        label: Normalised difference
        doc: NDWI, for green and near infrared.
        run: "#norm_diff"
        in:
          rasters: crop/cropped
        out: [index]
      otsu:
        label: Otsu's threshold
        doc: Water is what lies above the threshold.
        run: "#otsu"
        in:
          index: norm_diff/index
        out: [mask]
      stac:
        label: STAC catalog
        doc: The result, ready to be staged out.
        run: "#stac"
        in:
          mask: otsu/mask
          item: item
        out: [catalog]
    outputs:
      catalog:
        type: Directory
        label: Water mask
        doc: A STAC catalog with the water mask as a cloud-optimised GeoTIFF.
        outputSource: stac/catalog

  - id: crop
    class: CommandLineTool
    label: Crop one band
    doc: Reads the pixels of one band that cover the area of interest, by HTTP range.
    requirements:
      DockerRequirement:
        dockerPull: localhost/ellip/water-bodies:1.0
      ResourceRequirement: {coresMin: 1, coresMax: 1, ramMin: 512, ramMax: 1024}
      # The only tool that leaves the machine: the others run without any network.
      NetworkAccess:
        networkAccess: true
    baseCommand: [water-bodies, crop]
    inputs:
      item:
        type: string
        label: STAC Item
        doc: URL of the STAC Item of the scene.
        inputBinding: {position: 1}
      band:
        type: string
        label: Band
        doc: Asset key or common name of the band.
        inputBinding: {prefix: --band=, separate: false}
      aoi:
        type: string
        label: Area of interest
        doc: "Bounding box as west,south,east,north."
        inputBinding: {prefix: --aoi=, separate: false}
      epsg:
        type: string
        label: Coordinate reference system
        doc: The coordinate reference system of the area of interest.
        inputBinding: {prefix: --epsg=, separate: false}
    arguments:
      - prefix: --output=
        separate: false
        valueFrom: $(inputs.band).tif
    outputs:
      cropped:
        type: File
        label: Cropped band
        doc: The band, cropped, as a GeoTIFF.
        outputBinding: {glob: $(inputs.band).tif}

  - id: norm_diff
    class: CommandLineTool
    label: Normalised difference
    doc: Computes (first - second) / (first + second) of two rasters on the same grid.
    requirements:
      DockerRequirement:
        dockerPull: localhost/ellip/water-bodies:1.0
      ResourceRequirement: {coresMin: 1, coresMax: 1, ramMin: 512, ramMax: 1024}
    baseCommand: [water-bodies, norm-diff]
    inputs:
      rasters:
        type: File[]
        label: Rasters
        doc: The two rasters, in the order of the difference.
        inputBinding: {position: 1}
    arguments: ["--output=ndwi.tif"]
    outputs:
      index:
        type: File
        label: Index
        doc: The normalised difference, in [-1, 1], as a GeoTIFF.
        outputBinding: {glob: ndwi.tif}

  - id: otsu
    class: CommandLineTool
    label: Otsu's threshold
    doc: Splits an index into two classes, where they are furthest apart.
    requirements:
      DockerRequirement:
        dockerPull: localhost/ellip/water-bodies:1.0
      ResourceRequirement: {coresMin: 1, coresMax: 1, ramMin: 512, ramMax: 1024}
    baseCommand: [water-bodies, otsu]
    inputs:
      index:
        type: File
        label: Index
        doc: The index, in [-1, 1].
        inputBinding: {position: 1}
    arguments: ["--output=water.tif"]
    outputs:
      mask:
        type: File
        label: Water mask
        doc: "1 water, 0 land, 255 not seen, as a cloud-optimised GeoTIFF."
        outputBinding: {glob: water.tif}

  - id: stac
    class: CommandLineTool
    label: STAC catalog
    doc: Writes a STAC catalog with one Item for a mask.
    requirements:
      DockerRequirement:
        dockerPull: localhost/ellip/water-bodies:1.0
      ResourceRequirement: {coresMin: 1, coresMax: 1, ramMin: 512, ramMax: 1024}
    baseCommand: [water-bodies, stac]
    inputs:
      mask:
        type: File
        label: Water mask
        doc: The mask.
        inputBinding: {position: 1}
      item:
        type: string
        label: STAC Item
        doc: URL of the STAC Item that the mask was made from.
        inputBinding: {prefix: --source=, separate: false}
    arguments: ["--output=water-bodies"]
    outputs:
      catalog:
        type: Directory
        label: STAC catalog
        doc: A folder with catalog.json, the Item and the mask.
        outputBinding: {glob: water-bodies}
