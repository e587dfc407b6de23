// The reader's transforms, as the workbench and its page name them; what they do is in analysis/transform.

export { decodeTransforms, encodeTransforms } from '../../analysis/transform/codec.ts'
export {
  applyTransforms,
  FOLD_PARTS,
  type FoldPart,
  TRANSFORM_OPS,
  type Transform,
  type TransformOp,
} from '../../analysis/transform/transform.ts'
