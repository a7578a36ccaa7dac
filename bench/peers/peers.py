"""
Decodes a subject of a project with nilearn, each run held out once, and prints one JSON line per fold.

    python peers.py versions
    python peers.py PEER SUBJECT.data

The trials are read from the project's own file as docs/formats.md describes it, so both sides have the same block means, and are
z-scored as we do: per voxel, mean and deviation of the training trials. PEER is a key of `peers` below.
"""
import hashlib
import json
import sys
import time
import warnings

import nibabel
import nilearn
import numpy as np
import sklearn
from nilearn.decoding import Decoder, SpaceNetClassifier

# Standing in the way of the lines that are read: small masks and folds without cross-validation groups are what this is about.
warnings.filterwarnings('ignore')


def read_data(path):
    raw = open(path, 'rb').read()
    assert raw[:12] == b'TROI-DATA 1\n', 'no TROI data file'
    assert hashlib.sha256(raw[:-32]).digest() == raw[-32:], 'damaged'
    start = 21 + int(raw[12:20], 16)
    header = json.loads(raw[21:start])
    arrays = {}
    for entry in header['arrays']:
        dtype = np.dtype(entry['dtype']).newbyteorder('<')
        arrays[entry['name']] = np.frombuffer(raw, dtype, entry['length'], start + entry['offset'])
    return header['values'], arrays


reduced = {'n_alphas': 3, 'cv': 3, 'max_iter': 100}

# standardize=False where the trials come z-scored. decoder-own-standardising gets them as they are: its masker z-scores the images of
# each call, so the trials of a held-out run also enter their own mean and deviation.
peers = {
    'decoder': lambda mask: Decoder(mask=mask, standardize=False, n_jobs=1),
    'decoder-own-standardising': lambda mask: Decoder(mask=mask, n_jobs=1),
    'decoder-100-voxels': lambda mask: Decoder(
        mask=mask, standardize=False, screening_percentile=None, screening_n_features=100, n_jobs=1
    ),
    'spacenet': lambda mask: SpaceNetClassifier(mask=mask, standardize=False, n_jobs=1),
    # A tenth of the work, chosen before any accuracy was seen: for machines on which the whole takes too long.
    'spacenet-reduced': lambda mask: SpaceNetClassifier(
        mask=mask, standardize=False, n_jobs=1, **reduced
    ),
}


def main(peer, path):
    values, arrays = read_data(path)
    shape = [int(size) for size in values['shape']]
    affine = np.array(values['affine']).reshape(4, 4)
    index = arrays['index']
    betas = arrays['all/betas'].reshape(-1, len(index)).astype(np.float64)
    target = arrays['all/target'].astype(int)
    run = arrays['all/run'].astype(int)

    inside = np.zeros(shape, np.uint8)
    inside.reshape(-1)[index] = 1
    mask = nibabel.Nifti1Image(inside, affine)

    def image(rows):
        volumes = np.zeros((int(np.prod(shape)), len(rows)), np.float32)
        volumes[index] = rows.T
        return nibabel.Nifti1Image(volumes.reshape(*shape, len(rows)), affine)

    for held in np.unique(run):
        train = run != held
        own = peer == 'decoder-own-standardising'
        mean = np.zeros(len(index)) if own else betas[train].mean(0)
        deviation = np.ones(len(index)) if own else betas[train].std(0)
        scored = (betas - mean) / np.where(deviation > 0, deviation, np.inf)
        wall, processor = time.perf_counter(), time.process_time()
        model = peers[peer](mask)
        model.fit(image(scored[train]), target[train])
        answers = np.asarray(model.predict(image(scored[~train])))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        weights = np.atleast_2d(np.asarray(model.coef_))
        print(
            json.dumps(
                {
                    'run': int(held),
                    'hits': int((answers.astype(int) == target[~train]).sum()),
                    'trials': int((~train).sum()),
                    # Voxels with a weight other than 0 for one class at least, and for one class on average.
                    'voxels': int((weights != 0).any(0).sum()),
                    'voxelsPerClass': float((weights != 0).sum(1).mean()),
                    'seconds': wall,
                    'processorSeconds': processor,
                }
            ),
            flush=True,
        )


if sys.argv[1] == 'versions':
    print(json.dumps({'nilearn': nilearn.__version__, 'sklearn': sklearn.__version__, 'numpy': np.__version__}))
else:
    main(sys.argv[1], sys.argv[2])
