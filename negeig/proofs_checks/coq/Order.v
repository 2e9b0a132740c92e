(* Operations of Floating.v keep the order of numbers: monotone in each argument, with the sign of a
   zero, infinities and what overflow gives.

   Minus zero is below zero. NaN is no number, and nothing is said of operations that give it. *)

From Coq Require Import ZArith Bool Lia.
From Negeig Require Import Floating Operations Rounding.
Open Scope Z_scope.
Arguments Z.mul : simpl never.
Arguments Z.pow : simpl never.

Section Order.

Variable e : Z.    (* a unit: every number is a multiple of 2^e *)

Definition above (u : Z) (x : number) : Prop :=
  match x with Fin m c => m <> 0 /\ u <= c | _ => True end.
Notation fine := (above e).

(* Twice the value in units of 2^e; minus zero is below zero and above every other number. *)
Definition place (x : number) : Z :=
  match x with Zero true => -1 | Fin m c => 2 * (m * 2 ^ (c - e)) | _ => 0 end.

(* NaN is below nothing and above nothing. *)
Definition below (x y : number) : Prop :=
  match x, y with
  | NaN, _ | _, NaN => False
  | Inf true, _ | _, Inf false => True
  | Inf false, _ | _, Inf true => False
  | _, _ => place x <= place y
  end.

(* Of numbers that are multiples of 2^u, wherever the map gives no NaN. *)
Definition monotone (u : Z) (F : number -> number) : Prop := forall x y, above u x -> above u y ->
  below x y -> F x <> NaN -> F y <> NaN -> below (F x) (F y).
Definition antitone (u : Z) (F : number -> number) : Prop := forall x y, above u x -> above u y ->
  below x y -> F x <> NaN -> F y <> NaN -> below (F y) (F x).

Lemma power_positive n : 0 <= n -> 0 < 2 ^ n.
Proof. intro. apply Z.pow_pos_nonneg; lia. Qed.

Lemma product_not_zero m n : m <> 0 -> 0 <= n -> m * 2 ^ n <> 0.
Proof. intros M N. pose proof (power_positive n N). apply Z.neq_mul_0; lia. Qed.

Section Format.

Variable f : format.
Hypothesis good : proper f.
Hypothesis units : e <= unit f.

Let bound := largest f * 2 ^ (top f - e).

Lemma bound_positive : 0 < bound.
Proof.
  destruct good as [P N O]. pose proof (power_positive (precision f - 1) ltac:(lia)).
  pose proof (power_positive (top f - e) ltac:(lia)). unfold bound. nia.
Qed.

(* The numbers of the format, each in one form. *)
Definition held_by (x : number) : Prop :=
  match x with
  | Fin m c => m <> 0 /\ unit f <= c /\ Z.abs m < 2 ^ precision f /\
      (unit f < c -> 2 ^ (precision f - 1) <= Z.abs m) /\ Z.abs (m * 2 ^ (c - e)) <= bound
  | _ => True
  end.

Lemma held_fine x : held_by x -> fine x.
Proof. destruct x; simpl; trivial. lia. Qed.

(* What rounding gives of a number that is not 0, in numbers: [v] is it without overflow. *)
Lemma round_places m c : m <> 0 -> e <= c ->
  let n := m * 2 ^ (c - e) in let v := rounded f e n in
  n <> 0 /\ (v = 0 /\ round f m c = zero_of f (m <? 0) \/
    v <> 0 /\ Z.abs v <= bound /\ held_by (round f m c) /\
      (exists k d, round f m c = Fin k d /\ place (round f m c) = 2 * v) \/
    bound < Z.abs v /\ round f m c = beyond f (m <? 0)).
Proof.
  destruct good as [P N O]. intros M C n v.
  pose proof (power_positive (c - e) ltac:(lia)) as W.
  assert (n <> 0) by (unfold n; nia). split; trivial.
  assert (S : (n <? 0) = (m <? 0)) by (unfold n; apply eq_true_iff_eq; rewrite !Z.ltb_lt; nia).
  rewrite (round_shift f m c e M C). fold n. rewrite <- S.
  destruct (round_cases f e P units N n H) as [[Z R]|(k & d & K & V & A & L & B & R)]; [now left|right].
  rewrite (within_largest f e P units N O k d L A B) in R. fold bound in R.
  assert (E : Z.abs k * 2 ^ (d - e) = Z.abs v).
  { unfold v. rewrite <- V, Z.abs_mul, (Z.abs_eq (2 ^ (d - e))) by (apply Z.pow_nonneg; lia). trivial. }
  pose proof (power_positive (d - e) ltac:(lia)). rewrite E in R.
  destruct (Z.leb_spec (Z.abs v) bound) as [I|I]; simpl in R; rewrite R; [left|now right].
  assert (v <> 0) by (unfold v in *; nia). repeat split; trivial.
  - unfold v in I. now rewrite V.
  - exists k, d. split; trivial. simpl. now rewrite V.
Qed.

Lemma beyond_held s : held_by (beyond f s).
Proof.
  destruct good as [P N O]. unfold beyond.
  destruct (has_infinity f); [exact I|]. destruct (has_nan f); [exact I|].
  pose proof (power_positive (precision f - 1) ltac:(lia)).
  pose proof (power_positive (top f - e) ltac:(lia)).
  assert (F : Z.abs (if s then - largest f else largest f) = largest f) by (destruct s; lia).
  simpl. rewrite Z.abs_mul, F, (Z.abs_eq (2 ^ _)) by lia.
  unfold bound. destruct s; repeat split; lia.
Qed.

Lemma round_zero c : round f 0 c = zero_of f false.
Proof.
  unfold round, in_units. set (u := unit_at f 0 c). replace (if u <=? c then _ else _) with 0; trivial.
  destruct (Z.leb_spec u c); [now rewrite Z.shiftl_0_l|].
  pose proof (nearest_even_nearest 0 (u - c) 0 ltac:(lia)).
  pose proof (power_positive (u - c) ltac:(lia)). nia.
Qed.

Lemma rounded_zero : rounded f e 0 = 0.
Proof.
  unfold rounded. destruct good as [P N O]. pose proof (cut_nonneg f e P units 0) as K.
  pose proof (nearest_even_nearest 0 (cut f e 0) 0 K). lia.
Qed.

Lemma rounded_order n m : n <= m -> rounded f e n <= rounded f e m.
Proof. destruct good as [P N O]. now apply rounded_monotone. Qed.

(* Numbers of the format in order. *)
Definition index (x : number) : Z :=
  match x with Inf s => if s then -(2 * bound + 2) else 2 * bound + 2 | _ => place x end.

Lemma index_bound x : held_by x -> Z.abs (index x) <= 2 * bound + 2.
Proof.
  pose proof bound_positive. destruct x as [[]|m c|[]|]; simpl; lia.
Qed.

Lemma index_below x y : held_by x -> held_by y -> x <> NaN -> y <> NaN ->
  (index x <= index y <-> below x y).
Proof.
  pose proof bound_positive.
  destruct x as [[]|m c|[]|], y as [[]|n d|[]|]; simpl; intros; intuition lia.
Qed.

Lemma index_injective x y : held_by x -> held_by y -> x <> NaN -> y <> NaN ->
  index x = index y -> x = y.
Proof.
  pose proof bound_positive. destruct good as [P N O].
  assert (T : 2 ^ precision f = 2 * 2 ^ (precision f - 1)).
  { rewrite <- Z.pow_succ_r by lia. f_equal. lia. }
  assert (D : forall m c n d, c < d -> n <> 0 -> held_by (Fin m c) -> held_by (Fin n d) ->
    m * 2 ^ (c - e) <> n * 2 ^ (d - e)).
  { intros m c n d L Z (M & C & A & _) (_ & _ & _ & B & _) E. specialize (B ltac:(lia)).
    replace (d - e) with (Z.succ (d - c - 1) + (c - e)) in E by lia.
    rewrite Z.pow_add_r, Z.pow_succ_r in E by lia.
    pose proof (power_positive (c - e) ltac:(lia)). pose proof (power_positive (d - c - 1) ltac:(lia)).
    assert (m = n * (2 * 2 ^ (d - c - 1))) by nia. subst m.
    rewrite Z.abs_mul, (Z.abs_eq (2 * _)) in A by lia. nia. }
  destruct x as [[]|m c|[]|], y as [[]|n d|[]|]; simpl index; intros X Y U V E;
    try congruence; try (exfalso; simpl in X, Y; lia).
  simpl place in E. destruct (Z.lt_trichotomy c d) as [L|[<-|L]].
  - exfalso. apply (D m c n d); trivial; [now destruct Y|lia].
  - f_equal. destruct X as (_ & L & _). pose proof (power_positive (c - e) ltac:(lia)).
    apply (Z.mul_cancel_r _ _ (2 ^ (c - e))); lia.
  - exfalso. apply (D n d m c); trivial; [now destruct X|lia].
Qed.

Lemma convert_infinity s : convert f (Inf s) = beyond f s.
Proof. simpl. unfold beyond. now destruct (has_infinity f). Qed.

Lemma convert_held x : match x with Fin m c => e <= c | _ => True end -> held_by (convert f x).
Proof.
  destruct x as [s|m c|s|]; intro C; [|simpl convert|rewrite convert_infinity; apply beyond_held|exact I].
  - simpl. unfold zero_of. exact I.
  - destruct (Z.eq_dec m 0) as [->|M]; [rewrite round_zero; exact I|].
    destruct (round_places m c M C) as [_ [[_ ->]|[(_ & _ & H & _)|[_ ->]]]]; trivial.
    + exact I.
    + apply beyond_held.
Qed.

Lemma index_zero : exists z, -1 <= z <= 0 /\ forall s, index (zero_of f s) = if s then z else 0.
Proof.
  exists (index (zero_of f true)). unfold zero_of. split; [|intro s]; destruct (has_negative_zero f);
    simpl; try lia; now destruct s.
Qed.

(* Overflow is beyond all other numbers, on either side. *)
Lemma index_beyond : exists w, 2 * bound <= w /\
  forall s, beyond f s <> NaN -> index (beyond f s) = if s then - w else w.
Proof.
  unfold beyond. destruct (has_infinity f).
  - exists (2 * bound + 2). split; [lia|]. now intros [].
  - exists (2 * bound). split; [lia|]. intros s H. destruct (has_nan f); [easy|].
    unfold bound. destruct s; simpl; ring.
Qed.

Lemma convert_index x y : fine x -> fine y -> below x y ->
  convert f x <> NaN -> convert f y <> NaN -> index (convert f x) <= index (convert f y).
Proof.
  pose proof bound_positive as D. destruct index_beyond as (w & W & B).
  destruct index_zero as (z & Z0 & Z1).
  assert (F : forall m c, m <> 0 -> e <= c -> round f m c <> NaN ->
    let n := m * 2 ^ (c - e) in let v := rounded f e n in
    (n < 0 /\ v <= 0 \/ 0 < n /\ 0 <= v) /\
    (v = 0 /\ index (round f m c) = (if n <? 0 then z else 0) \/
     v <> 0 /\ Z.abs v <= bound /\ index (round f m c) = 2 * v \/
     bound < Z.abs v /\ index (round f m c) = if n <? 0 then - w else w)).
  { intros m c M C N n v. pose proof (power_positive (c - e) ltac:(lia)).
    assert (S : (m <? 0) = (n <? 0)) by (unfold n; apply eq_true_iff_eq; rewrite !Z.ltb_lt; nia).
    destruct (round_places m c M C) as [Nz R]. fold n v in Nz, R. rewrite S in R. split.
    - pose proof (rounded_order n 0). pose proof (rounded_order 0 n). rewrite rounded_zero in *.
      fold v in H0, H1. lia.
    - destruct R as [[V R]|[(V & L & _ & k & d & R & E)|[V R]]].
      + left. now rewrite R, Z1.
      + right; left. rewrite R in *. auto.
      + right; right. rewrite R in *. auto. }
  intros X Y H A C.
  destruct x as [s|m c|s|], y as [t|n d|t|]; try easy; rewrite ?convert_infinity in *;
    rewrite ?B by assumption; simpl convert in *; simpl fine in *; rewrite ?Z1.
  - destruct s, t; simpl in H; lia.
  - destruct Y as [N Q]. destruct (F n d N Q C) as [S V]. simpl in H.
    destruct s, (Z.ltb_spec (n * 2 ^ (d - e)) 0); lia.
  - destruct s, t; simpl in H; lia.
  - destruct X as [M Q]. destruct (F m c M Q A) as [S V]. simpl in H.
    destruct t, (Z.ltb_spec (m * 2 ^ (c - e)) 0); lia.
  - destruct X as [M Q], Y as [N P]. destruct (F m c M Q A) as [S V]. destruct (F n d N P C) as [T U].
    simpl in H. pose proof (rounded_order (m * 2 ^ (c - e)) (n * 2 ^ (d - e)) ltac:(lia)).
    destruct (Z.ltb_spec (m * 2 ^ (c - e)) 0), (Z.ltb_spec (n * 2 ^ (d - e)) 0); lia.
  - destruct X as [M Q]. destruct (F m c M Q A) as [S V]. simpl in H.
    destruct t; [easy|]. destruct (Z.ltb_spec (m * 2 ^ (c - e)) 0); lia.
  - destruct s, t; simpl in H; lia.
  - destruct Y as [N Q]. destruct (F n d N Q C) as [S V]. simpl in H.
    destruct s; [|easy]. destruct (Z.ltb_spec (n * 2 ^ (d - e)) 0); lia.
  - destruct s, t; simpl in H; lia.
Qed.

Lemma convert_monotone : monotone e (convert f).
Proof.
  intros x y X Y H A C. apply index_below; trivial.
  - apply convert_held. destruct x; simpl in X; tauto.
  - apply convert_held. destruct y; simpl in Y; tauto.
  - now apply convert_index.
Qed.

End Format.

Definition positive (a : number) : Prop :=
  match a with Zero false => True | Fin m _ => 0 < m | _ => False end.
Definition nonpositive (a : number) : Prop :=
  match a with Zero true => True | Fin m _ => m < 0 | _ => False end.

(* Multiples of 2^u times a are multiples of 2^e. *)
Definition enough (u : Z) (a : number) : Prop :=
  e <= u /\ match a with Fin _ c => e <= c + u | _ => True end.

Lemma shifted_order m p n q j : 0 <= p -> 0 <= q -> 0 <= j + p -> 0 <= j + q ->
  m * 2 ^ p <= n * 2 ^ q -> m * 2 ^ (j + p) <= n * 2 ^ (j + q).
Proof.
  intros P Q A B H. destruct (Z.le_gt_cases 0 j).
  - rewrite !Z.pow_add_r by lia. pose proof (power_positive j ltac:(lia)). nia.
  - replace p with (- j + (j + p)) in H by lia. replace q with (- j + (j + q)) in H by lia.
    rewrite !(Z.pow_add_r 2 (- j)) in H by lia. pose proof (power_positive (- j) ltac:(lia)).
    set (x := 2 ^ (j + p)) in *. set (y := 2 ^ (j + q)) in *. nia.
Qed.

Lemma scaled_fine u a x : enough u a -> a <> NaN -> above u x -> (forall s, a <> Inf s) ->
  match a with Fin m _ => m <> 0 | _ => True end -> fine (scaled a x).
Proof.
  intros [E A] N X I M. destruct a as [s|m c|s|], x as [t|n d|t|]; simpl in *; trivial.
  split; [apply Z.neq_mul_0; tauto|lia].
Qed.

Lemma place_sign n d : n <> 0 -> e <= d ->
  0 < n /\ 2 <= place (Fin n d) \/ n < 0 /\ place (Fin n d) <= -2.
Proof.
  intros N D. simpl. pose proof (power_positive (d - e) ltac:(lia)).
  destruct (Z.lt_ge_cases 0 n); [left|right]; split; nia.
Qed.

Lemma scaled_order u a x y : enough u a -> above u x -> above u y -> below x y ->
  scaled a x <> NaN -> scaled a y <> NaN ->
  (positive a -> below (scaled a x) (scaled a y)) /\
  (nonpositive a -> below (scaled a y) (scaled a x)).
Proof.
  intros [E A] X Y H P Q. unfold positive, nonpositive.
  assert (S : forall n d, n <> 0 /\ u <= d -> 0 < n /\ 2 <= place (Fin n d) \/ n < 0 /\ place (Fin n d) <= -2).
  { intros n d [N D]. apply place_sign; lia. }
  destruct a as [s|m c|s|]; [| |now destruct s|easy].
  - (* all products are zeros *)
    assert (N : forall z, above u z -> scaled (Zero s) z <> NaN ->
      scaled (Zero s) z = Zero (xorb s (place z <? 0)) /\ z <> NaN /\ forall t, z <> Inf t).
    { intros [t|n d|t|] Z V; try easy; repeat split; try easy.
      - now destruct t.
      - unfold scaled, negative. destruct (S n d Z), (Z.ltb_spec n 0), (Z.ltb_spec (place (Fin n d)) 0); trivial; lia. }
    destruct (N x X P) as (-> & Nx & Ix), (N y Y Q) as (-> & Ny & Iy).
    assert (L : place x <= place y).
    { destruct x as [|n d|t|], y as [|p k|t'|]; trivial; try easy; try (now elim (Ix t)); now elim (Iy t'). }
    destruct s; split; intro V; try easy; simpl;
      destruct (Z.ltb_spec (place x) 0), (Z.ltb_spec (place y) 0); simpl; lia.
  - assert (R : forall n d, n <> 0 /\ u <= d -> m <> 0 ->
      (m * n <> 0 /\ e <= c + d)) by (intros n d [N D] M; split; [apply Z.neq_mul_0; lia|lia]).
    assert (T : forall n d, n <> 0 /\ u <= d -> m <> 0 -> 
      0 < m * n /\ 2 <= place (Fin (m * n) (c + d)) \/ m * n < 0 /\ place (Fin (m * n) (c + d)) <= -2).
    { intros n d N M. destruct (R n d N M). now apply place_sign. }
    assert (O : forall n d p k, n <> 0 /\ u <= d -> p <> 0 /\ u <= k ->
      place (Fin n d) <= place (Fin p k) ->
      (0 < m -> place (Fin (m * n) (c + d)) <= place (Fin (m * p) (c + k))) /\
      (m < 0 -> place (Fin (m * p) (c + k)) <= place (Fin (m * n) (c + d)))).
    { intros n d p k [N D] [M K] L. simpl in *.
      replace (c + d - e) with (c + (d - e)) by lia. replace (c + k - e) with (c + (k - e)) by lia.
      pose proof (shifted_order n (d - e) p (k - e) c ltac:(lia) ltac:(lia) ltac:(lia) ltac:(lia) ltac:(lia)).
      split; intro; nia. }
    destruct x as [s|n d|s|], y as [t|p k|t|]; try easy; unfold scaled, negative in *; split; intro V;
      destruct (Z.ltb_spec m 0); try lia; simpl xorb in *; simpl above in *.
    all: try (destruct s); try (destruct t); try easy.
    all: try exact (proj1 (O n d p k X Y H) V); try exact (proj2 (O n d p k X Y H) V).
    all: try (destruct (S p k Y) as [[? ?]|[? ?]], (T p k Y ltac:(lia)) as [[? ?]|[? ?]];
      simpl in *; first [lia|nia]).
    all: destruct (S n d X) as [[? ?]|[? ?]], (T n d X ltac:(lia)) as [[? ?]|[? ?]];
      simpl in *; first [lia|nia].
Qed.

Lemma moved_order u b x y : e <= u -> fine b -> above u x -> above u y -> below x y ->
  moved b x <> NaN -> moved b y <> NaN -> below (moved b x) (moved b y).
Proof.
  intros E B X Y H P Q.
  assert (S : forall n d, n <> 0 /\ u <= d -> 0 < n /\ 2 <= place (Fin n d) \/ n < 0 /\ place (Fin n d) <= -2).
  { intros n d [N D]. apply place_sign; lia. }
  assert (A : forall m c n d, e <= c -> e <= d -> place (moved (Fin n d) (Fin m c)) = place (Fin m c) + place (Fin n d) /\
    match moved (Fin n d) (Fin m c) with Zero s => s = false | Fin _ _ => True | _ => False end).
  { intros m c n d C D. unfold moved, exact_sum. destruct (Z.leb_spec c d).
    - rewrite Z.shiftl_mul_pow2 by lia.
      assert (R : n * 2 ^ (d - e) = n * 2 ^ (d - c) * 2 ^ (c - e)).
      { rewrite <- Z.mul_assoc, <- Z.pow_add_r by lia. do 2 f_equal. lia. }
      destruct (Z.eqb_spec (m + n * 2 ^ (d - c)) 0); simpl; split; trivial; rewrite R; nia.
    - rewrite Z.shiftl_mul_pow2 by lia.
      assert (R : m * 2 ^ (c - e) = m * 2 ^ (c - d) * 2 ^ (d - e)).
      { rewrite <- Z.mul_assoc, <- Z.pow_add_r by lia. do 2 f_equal. lia. }
      destruct (Z.eqb_spec (m * 2 ^ (c - d) + n) 0); simpl; split; trivial; rewrite R; nia. }
  destruct b as [s|n d|s|].
  - destruct x as [t|m c|t|], y as [t'|m' c'|t'|]; try easy; simpl in *;
      destruct s; try destruct t; try destruct t'; simpl in *; try easy; lia.
  - (* Sums with the number b: zeros of both signs give b. *)
    assert (G : forall m c, m <> 0 /\ u <= c -> exists z, moved (Fin n d) (Fin m c) = z /\
        place z = place (Fin m c) + place (Fin n d) /\ z <> NaN /\ forall t, z <> Inf t).
    { intros m c Z. simpl in B. destruct (A m c n d ltac:(lia) ltac:(lia)) as [V W].
      exists (moved (Fin n d) (Fin m c)). split; trivial. split; trivial.
      destruct (moved (Fin n d) (Fin m c)); try easy; split; congruence. }
    assert (F : forall y z, y <> NaN -> z <> NaN -> (forall t, y <> Inf t) -> (forall t, z <> Inf t) ->
        place y <= place z -> below y z).
    { intros [|?|t|] [|?|t'|] Ny Nz Iy Iz L; trivial; try easy; try (now elim (Iy t)); now elim (Iz t'). }
    destruct x as [t|m c|t|], y as [t'|m' c'|t'|]; try easy;
      try (destruct (G m c X) as (x & -> & Px & Nx & Ix), (S m c X) as [[]|[]]);
      try (destruct (G m' c' Y) as (y & -> & Py & Ny & Iy), (S m' c' Y) as [[]|[]]);
      try destruct t; try destruct t'; try easy;
      try (simpl; lia);
      try (apply F; trivial; try easy; cbn [place moved below] in *; lia).
    all: simpl moved; first [now destruct x as [| |[]|]|now destruct y as [| |[]|]].
  - destruct x as [t|m c|t|], y as [t'|m' c'|t'|]; try easy; simpl in *;
      destruct s; try destruct t; try destruct t'; easy.
  - now destruct x.
Qed.

(* A layer of one coordinate, a dense step with one number and a bias: Network.v's [take]. *)
Definition affine (f : format) (a b x : number) : number :=
  if is_zero b then multiply f a x else add f (multiply f a x) b.

Lemma affine_order f a b x y : proper f -> e <= unit f -> enough (unit f) a -> fine b ->
  above (unit f) x -> above (unit f) y -> below x y ->
  affine f a b x <> NaN -> affine f a b y <> NaN ->
  (positive a -> below (affine f a b x) (affine f a b y)) /\
  (nonpositive a -> below (affine f a b y) (affine f a b x)).
Proof.
  intros G U E B X Y H. unfold affine. rewrite !add_convert, !multiply_convert.
  assert (N : forall z, scaled a z = NaN -> convert f (scaled a z) = NaN) by now intros z ->.
  assert (M : forall z, convert f z = NaN -> convert f (moved b (convert f z)) = NaN).
  { intros z ->. now destruct b. }
  assert (O : forall z, moved b z = NaN -> convert f (moved b z) = NaN) by now intros z ->.
  assert (I : positive a \/ nonpositive a -> forall z, above (unit f) z -> fine (scaled a z)).
  { intros S z Z. apply (scaled_fine (unit f)); trivial; destruct a as [[]|m c|s|]; try easy; simpl in S; try tauto; lia. }
  assert (J : forall z, above (unit f) z -> positive a \/ nonpositive a ->
    above (unit f) (convert f (scaled a z))).
  { intros z Z S. specialize (I S z Z).
    assert (C : held_by f (convert f (scaled a z))).
    { apply convert_held; trivial. destruct (scaled a z); simpl in *; tauto. }
    destruct (convert f (scaled a z)); simpl in *; tauto. }
  assert (K : forall z, fine z -> fine (moved b z)).
  { intros z Z. destruct z as [|m c|s|], b as [|n d|t|]; trivial; simpl in *.
    - unfold exact_sum. destruct (Z.leb_spec c d);
        match goal with |- context [?k =? 0] => destruct (Z.eqb_spec k 0) end; simpl; trivial; lia.
    - now destruct (Bool.eqb s t). }
  assert (L : forall z, above (unit f) z -> fine z).
  { intros z Z. destruct z; simpl in *; trivial. lia. }
  destruct (is_zero b); intros P Q.
  - destruct (scaled_order (unit f) a x y E X Y H) as [Up Down]; auto.
    split; intro S; apply convert_monotone; auto.
  - assert (Nx : convert f (scaled a x) <> NaN) by auto.
    assert (Ny : convert f (scaled a y) <> NaN) by auto.
    destruct (scaled_order (unit f) a x y E X Y H) as [Up Down]; auto.
    assert (Ox : moved b (convert f (scaled a x)) <> NaN) by auto.
    assert (Oy : moved b (convert f (scaled a y)) <> NaN) by auto.
    split; intro S; (apply convert_monotone; [trivial|trivial|..]; trivial;
      [apply K, L, J; auto|apply K, L, J; auto|];
      apply (moved_order (unit f)); auto; apply convert_monotone; auto).
Qed.

Lemma affine_held f a b x : proper f -> e <= unit f -> fine b -> fine (scaled a x) ->
  held_by f (affine f a b x).
Proof.
  intros G U B S. unfold affine. rewrite add_convert, multiply_convert.
  assert (C : held_by f (convert f (scaled a x))).
  { apply convert_held; trivial. destruct (scaled a x); simpl in *; tauto. }
  destruct (is_zero b); trivial. apply convert_held; trivial.
  destruct (convert f (scaled a x)) as [|m c|s|], b as [|n d|t|]; simpl in *; trivial; try tauto; try lia.
  - unfold exact_sum. destruct (Z.leb_spec c d);
      match goal with |- context [?k =? 0] => destruct (Z.eqb_spec k 0) end; trivial; lia.
  - now destruct (Bool.eqb s t).
Qed.

End Order.

Print Assumptions affine_order.
