/* The recurrence of a layer of delta steps, for recurrence.py: the loops of backend cpu in C.
   gcc -O3 -march=native -ffp-contract=off keeps every sum in order and fuses nothing. */

#define LANES 16

typedef float floats __attribute__((vector_size(64), aligned(4)));
typedef int ints __attribute__((vector_size(64), aligned(4)));

/* One word: letters (n), state (dim), states (n, dim); the steps of letter a from starts[a] on. */
void one(long n, long dim, const int *restrict letters, const int *restrict starts,
         const float *restrict beta, const float *restrict write, const float *restrict key,
         float *restrict state, float *restrict states) {
    for (long t = 0; t < n; t++) {
        int a = letters[t];
        for (long step = starts[a]; step < starts[a + 1]; step++) {
            const float *k = key + step * dim;
            float s = k[0] * state[0];
            for (long j = 1; j < dim; j++) s += k[j] * state[j];
            float amount = beta[step] * (s - write[step]);
            for (long j = 0; j < dim; j++) state[j] -= k[j] * amount;
        }
        for (long j = 0; j < dim; j++) states[t * dim + j] = state[j];
    }
}

/* Sixteen words of some blocks: letters (n, blocks, 16), table (most, dim + 2, 16), steps (16),
   states (n + 1, blocks, dim, 16), the first being the state before. */
void lanes(long n, long blocks, long dim, long most, const int *restrict letters,
           const int *restrict steps, const float *restrict table, float *restrict states) {
    ints taken = *(const ints *)steps;
    const floats *rows = (const floats *)table;
    floats *h = (floats *)states;
    for (long p = 0; p < n * blocks; p++) {
        ints a = ((const ints *)letters)[p], count = __builtin_shuffle(taken, a);
        const floats *before = h + p * dim;
        floats *after = h + (p + blocks) * dim;
        for (int i = 0; i < most; i++) {
            const floats *row = rows + i * (dim + 2);
            ints live = count > i;
            floats s = __builtin_shuffle(row[0], a) * before[0];
            for (long j = 1; j < dim; j++) s += __builtin_shuffle(row[j], a) * before[j];
            floats u = s - __builtin_shuffle(row[dim + 1], a);
            floats amount = __builtin_shuffle(row[dim], a) * u;
            for (long j = 0; j < dim; j++) {
                floats x = before[j], y = x - __builtin_shuffle(row[j], a) * amount;
                after[j] = (floats)((live & (ints)y) | (~live & (ints)x));
            }
            before = after;
        }
    }
}

/* The same sixteen words as plain loops over arrays of sixteen, which the compiler vectorises. */
void loops(long n, long blocks, long dim, long most, const int *restrict letters,
           const int *restrict steps, const float *restrict table, float *restrict states) {
    for (long p = 0; p < n * blocks; p++) {
        const int *a = letters + p * LANES;
        const float *before = states + p * dim * LANES;
        float *after = states + (p + blocks) * dim * LANES;
        for (int i = 0; i < most; i++) {
            const float *row = table + i * (dim + 2) * LANES;
            float s[LANES];
            for (int l = 0; l < LANES; l++) s[l] = row[a[l]] * before[l];
            for (long j = 1; j < dim; j++)
                for (int l = 0; l < LANES; l++)
                    s[l] += row[j * LANES + a[l]] * before[j * LANES + l];
            for (int l = 0; l < LANES; l++)
                s[l] = row[dim * LANES + a[l]] * (s[l] - row[(dim + 1) * LANES + a[l]]);
            for (long j = 0; j < dim; j++)
                for (int l = 0; l < LANES; l++) {
                    float x = before[j * LANES + l];
                    float y = x - row[j * LANES + a[l]] * s[l];
                    after[j * LANES + l] = i < steps[a[l]] ? y : x;
                }
            before = after;
        }
    }
}

/* Several times over, so that a call from Python weighs nothing. */
void lanes_again(long times, long n, long blocks, long dim, long most, const int *letters,
                 const int *steps, const float *table, float *states) {
    while (times--) lanes(n, blocks, dim, most, letters, steps, table, states);
}

void loops_again(long times, long n, long blocks, long dim, long most, const int *letters,
                 const int *steps, const float *table, float *states) {
    while (times--) loops(n, blocks, dim, most, letters, steps, table, states);
}
