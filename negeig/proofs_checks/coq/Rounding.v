(* What [nearest_even] and [round] do: the nearest number of a format, ties to even, monotonically.

   Numbers are compared as integers, in units of some 2^e that divides all of them. *)

From Coq Require Import ZArith Bool Lia.
From Negeig Require Import Floating.
Open Scope Z_scope.

Lemma nearest_even_cases m k : 0 <= k ->
  let q := nearest_even m k in
  let r := m - q * 2 ^ k in
  2 * Z.abs r <= 2 ^ k /\ (2 * Z.abs r = 2 ^ k -> Z.even q = true).
Proof.
  intro K. unfold nearest_even. cbv zeta. rewrite Z.shiftl_mul_pow2, Z.shiftl_1_l, Z.shiftr_div_pow2 by trivial.
  assert (P : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
  pose proof (Z.div_mod m (2 ^ k) ltac:(lia)) as D. pose proof (Z.mod_pos_bound m (2 ^ k) P) as B.
  set (q := m / 2 ^ k) in *. set (w := 2 ^ k) in *.
  replace (m - q * w) with (m mod w) by lia. rewrite (Z.double_spec (m mod w)).
  destruct (Z.compare_spec (2 * (m mod w)) w) as [E|L|G].
  - destruct (Z.even q) eqn:V.
    + replace (m - q * w) with (m mod w) by lia. split; [lia|trivial].
    + replace (m - (q + 1) * w) with (m mod w - w) by lia. split; [lia|].
      intros _. now rewrite Z.even_add, V.
  - replace (m - q * w) with (m mod w) by lia. lia.
  - replace (m - (q + 1) * w) with (m mod w - w) by lia. lia.
Qed.

(* No multiple of 2^k is nearer to m ... *)
Theorem nearest_even_nearest m k z : 0 <= k ->
  Z.abs (m - nearest_even m k * 2 ^ k) <= Z.abs (m - z * 2 ^ k).
Proof.
  intro K. destruct (nearest_even_cases m k K) as [H _]. set (q := nearest_even m k) in *.
  assert (P : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia). set (w := 2 ^ k) in *.
  destruct (Z.eq_dec z q) as [->|D]; [lia|].
  assert (w <= Z.abs (z * w - q * w)).
  { rewrite <- Z.mul_sub_distr_r, Z.abs_mul. assert (1 <= Z.abs (z - q)) by lia. nia. }
  lia.
Qed.

(* ... and where another one is as near, the one chosen is even. *)
Theorem nearest_even_ties m k z : 0 <= k -> z <> nearest_even m k ->
  Z.abs (m - nearest_even m k * 2 ^ k) = Z.abs (m - z * 2 ^ k) -> Z.even (nearest_even m k) = true.
Proof.
  intros K D E. destruct (nearest_even_cases m k K) as [H T]. set (q := nearest_even m k) in *.
  assert (P : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia). set (w := 2 ^ k) in *.
  apply T. assert (w <= Z.abs (z * w - q * w)).
  { rewrite <- Z.mul_sub_distr_r, Z.abs_mul. assert (1 <= Z.abs (z - q)) by lia. nia. }
  lia.
Qed.

Lemma nearest_even_below m k g : 0 <= k -> m <= g * 2 ^ k -> nearest_even m k <= g.
Proof.
  intros K H. assert (P : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
  pose proof (nearest_even_nearest m k g K). destruct (Z.le_gt_cases (nearest_even m k) g); nia.
Qed.

Lemma nearest_even_above m k g : 0 <= k -> g * 2 ^ k <= m -> g <= nearest_even m k.
Proof.
  intros K H. assert (P : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
  pose proof (nearest_even_nearest m k g K). destruct (Z.le_gt_cases g (nearest_even m k)); nia.
Qed.

Section Format.

Variables (f : format) (e : Z).
Hypothesis precise : 1 <= precision f.
Hypothesis fine : e <= unit f.
Hypothesis largest_fits : 2 ^ (precision f - 1) <= largest f < 2 ^ precision f.
Hypothesis ranges : unit f <= top f.

(* The places that are cut off of n 2^e, and what remains, in units of 2^e. *)
Definition cut (n : Z) : Z := unit_at f n e - e.
Definition rounded (n : Z) : Z := nearest_even n (cut n) * 2 ^ cut n.

(* z 2^e is a number of the format, were there no largest one. *)
Definition representable (z : Z) : Prop :=
  exists m j, z = m * 2 ^ j /\ Z.abs m < 2 ^ precision f /\ unit f - e <= j.

Lemma cut_nonneg n : 0 <= cut n.
Proof. unfold cut, unit_at. lia. Qed.

Lemma log_bounds n : n <> 0 -> 2 ^ Z.log2 (Z.abs n) <= Z.abs n < 2 ^ (Z.log2 (Z.abs n) + 1).
Proof. intro N. pose proof (Z.log2_spec (Z.abs n) ltac:(lia)). now rewrite Z.add_1_r. Qed.

Lemma significand_bound n : Z.abs (nearest_even n (cut n)) <= 2 ^ precision f.
Proof.
  pose proof (cut_nonneg n) as K.
  assert (B : Z.abs n <= 2 ^ precision f * 2 ^ cut n).
  { destruct (Z.eq_dec n 0) as [->|N].
    - simpl. assert (0 < 2 ^ precision f) by (apply Z.pow_pos_nonneg; lia).
      assert (0 < 2 ^ cut 0) by (apply Z.pow_pos_nonneg; trivial; lia). nia.
    - rewrite <- Z.pow_add_r by lia. pose proof (log_bounds n N) as [_ L].
      assert (2 ^ (Z.log2 (Z.abs n) + 1) <= 2 ^ (precision f + cut n)).
      { apply Z.pow_le_mono_r; [lia|]. unfold cut, unit_at. lia. }
      lia. }
  pose proof (nearest_even_below n (cut n) (2 ^ precision f) K).
  pose proof (nearest_even_above n (cut n) (- 2 ^ precision f) K). lia.
Qed.

Lemma rounded_representable n : representable (rounded n).
Proof.
  pose proof (significand_bound n) as B. unfold rounded. set (q := nearest_even n (cut n)) in *.
  assert (C : unit f - e <= cut n) by (unfold cut, unit_at; lia).
  destruct (Z.eq_dec (Z.abs q) (2 ^ precision f)) as [E|D].
  - exists (Z.sgn q * 2 ^ (precision f - 1)), (cut n + 1). split; [|split; [|lia]].
    + rewrite <- (Z.abs_sgn q) at 1. rewrite E, Z.pow_add_r by (pose proof (cut_nonneg n); lia).
      replace (precision f) with (precision f - 1 + 1) at 1 by lia.
      rewrite Z.pow_add_r by lia. ring.
    + rewrite Z.abs_mul, (Z.abs_eq (2 ^ _)) by (apply Z.pow_nonneg; lia).
      assert (2 ^ (precision f - 1) < 2 ^ precision f) by (apply Z.pow_lt_mono_r; lia).
      assert (0 <= 2 ^ (precision f - 1)) by (apply Z.pow_nonneg; lia).
      assert (Z.abs (Z.sgn q) <= 1) by (destruct q; simpl; lia). nia.
  - exists q, (cut n). repeat split; trivial. lia.
Qed.

(* No number of the format is nearer than the rounded one. *)
Theorem rounded_nearest n z : representable z -> Z.abs (n - rounded n) <= Z.abs (n - z).
Proof.
  intros (m & j & -> & M & J). pose proof (cut_nonneg n) as K. unfold rounded.
  destruct (Z.le_gt_cases (cut n) j) as [L|G].
  - replace (m * 2 ^ j) with (m * 2 ^ (j - cut n) * 2 ^ cut n).
    + now apply nearest_even_nearest.
    + rewrite <- Z.mul_assoc, <- Z.pow_add_r by lia. do 2 f_equal. lia.
  - destruct (Z.eq_dec n 0) as [->|N].
    + exfalso. unfold cut, unit_at in *. simpl in *. lia.
    + pose proof (log_bounds n N) as [A _]. set (l := Z.log2 (Z.abs n)) in *.
      assert (C : cut n = l - precision f + 1) by (unfold cut, unit_at in *; fold l in G |- *; lia).
      assert (Near := nearest_even_nearest n (cut n) (Z.sgn n * 2 ^ (l - cut n)) K).
      rewrite <- Z.mul_assoc, <- Z.pow_add_r in Near by lia.
      replace (l - cut n + cut n) with l in Near by lia.
      assert (Z.abs (m * 2 ^ j) < 2 ^ l).
      { rewrite Z.abs_mul, (Z.abs_eq (2 ^ j)) by (apply Z.pow_nonneg; lia).
        assert (2 ^ precision f * 2 ^ j <= 2 ^ l).
        { rewrite <- Z.pow_add_r by lia. apply Z.pow_le_mono_r; lia. }
        assert (0 < 2 ^ j) by (apply Z.pow_pos_nonneg; lia). nia. }
      assert (Z.abs (n - Z.sgn n * 2 ^ l) = Z.abs n - 2 ^ l) by (destruct n; simpl Z.sgn; lia).
      lia.
Qed.

Theorem rounded_monotone n m : n <= m -> rounded n <= rounded m.
Proof.
  intro H. destruct (Z.le_gt_cases (rounded n) (rounded m)) as [|G]; trivial.
  pose proof (rounded_nearest n _ (rounded_representable m)).
  pose proof (rounded_nearest m _ (rounded_representable n)).
  assert (n = m) as -> by lia. lia.
Qed.

(* The program computes it: the value of [round f n e] is [rounded n], unless that is beyond the
   largest number of the format. *)
Definition value (x : number) : option Z :=
  match x with Zero _ => Some 0 | Fin m c => Some (m * 2 ^ (c - e)) | _ => None end.

(* What [round] gives of an exact number: a zero, or a number whose significand is normal or whose
   exponent is the least; beyond the largest one, what overflow gives. *)
Lemma round_cases n : n <> 0 ->
  (rounded n = 0 /\ round f n e = zero_of f (n <? 0)) \/
  exists m v, m <> 0 /\ m * 2 ^ (v - e) = rounded n /\ Z.abs m < 2 ^ precision f /\
    unit f <= v /\ (unit f < v -> 2 ^ (precision f - 1) <= Z.abs m) /\
    round f n e =
      if (top f <? v) || ((top f =? v) && (largest f <? Z.abs m)) then beyond f (n <? 0)
      else Fin m v.
Proof.
  intro N. unfold round, rounded. set (u := unit_at f n e).
  assert (U : unit f <= u) by (unfold u, unit_at; lia).
  replace (in_units n e u) with (nearest_even n (cut n)).
  2: { unfold in_units, cut. fold u. destruct (Z.leb_spec u e); trivial.
       replace (e - u) with 0 by lia. replace (u - e) with 0 by lia.
       pose proof (nearest_even_nearest n 0 n (Z.le_refl 0)).
       rewrite Z.shiftl_0_r. lia. }
  pose proof (significand_bound n) as B.
  assert (Big : unit f < u -> 2 ^ (precision f - 1) <= Z.abs (nearest_even n (cut n))).
  { intro V. pose proof (log_bounds n N) as [A _]. pose proof (cut_nonneg n) as K.
    assert (C : cut n = Z.log2 (Z.abs n) - precision f + 1) by (unfold cut, unit_at in *; lia).
    replace (Z.log2 (Z.abs n)) with (precision f - 1 + cut n) in A by lia.
    rewrite Z.pow_add_r in A by lia.
    pose proof (nearest_even_above n (cut n) (2 ^ (precision f - 1)) K).
    pose proof (nearest_even_below n (cut n) (- 2 ^ (precision f - 1)) K). lia. }
  replace (cut n) with (u - e) in * by reflexivity.
  set (q := nearest_even n (u - e)) in *. unfold held.
  destruct (Z.eqb_spec q 0) as [->|Q]; [now left|right].
  rewrite Z.shiftl_1_l. destruct (Z.eqb_spec (Z.abs q) (2 ^ precision f)) as [E|D].
  - assert (W : 2 ^ precision f = 2 * 2 ^ (precision f - 1)).
    { rewrite <- Z.pow_succ_r by lia. f_equal. lia. }
    assert (Half : q = 2 * Z.div2 q).
    { rewrite Z.div2_div. apply Z.div_exact; [lia|]. apply Z.mod_divide; [lia|].
      destruct (Z.le_gt_cases 0 q);
      [exists (2 ^ (precision f - 1))|exists (- 2 ^ (precision f - 1))]; lia. }
    exists (Z.div2 q), (u + 1). repeat split; try lia.
    replace (u + 1 - e) with (Z.succ (u - e)) by lia. rewrite Z.pow_succ_r by lia. nia.
  - exists q, u. repeat split; trivial; lia.
Qed.

(* A significand and an exponent are within the format where their value is. *)
Lemma within_largest m v : unit f <= v -> Z.abs m < 2 ^ precision f ->
  (unit f < v -> 2 ^ (precision f - 1) <= Z.abs m) ->
  (top f <? v) || ((top f =? v) && (largest f <? Z.abs m)) =
  negb (Z.abs m * 2 ^ (v - e) <=? largest f * 2 ^ (top f - e)).
Proof.
  intros L M Large. assert (P : 0 < 2 ^ (v - e)) by (apply Z.pow_pos_nonneg; lia).
  assert (W : 2 ^ precision f = 2 * 2 ^ (precision f - 1)).
  { rewrite <- Z.pow_succ_r by lia. f_equal. lia. }
  destruct (Z.ltb_spec (top f) v) as [Over|Under]; simpl.
  - (* v above the top: the value is at least 2^(precision + top). *)
    destruct (Z.leb_spec (Z.abs m * 2 ^ (v - e)) (largest f * 2 ^ (top f - e))) as [C|C]; trivial.
    exfalso. specialize (Large ltac:(lia)).
    assert (2 ^ (top f - e + 1) <= 2 ^ (v - e)) by (apply Z.pow_le_mono_r; lia).
    replace (top f - e + 1) with (Z.succ (top f - e)) in H by lia.
    rewrite Z.pow_succ_r in H by lia.
    assert (0 < 2 ^ (top f - e)) by (apply Z.pow_pos_nonneg; lia). nia.
  - destruct (Z.eqb_spec (top f) v) as [<-|Less]; simpl.
    + destruct (Z.ltb_spec (largest f) (Z.abs m)) as [C|C];
      destruct (Z.leb_spec (Z.abs m * 2 ^ (top f - e)) (largest f * 2 ^ (top f - e))) as [D|D];
      trivial; nia.
    + destruct (Z.leb_spec (Z.abs m * 2 ^ (v - e)) (largest f * 2 ^ (top f - e))) as [C|C]; trivial.
      exfalso.
      assert (2 * 2 ^ (v - e) <= 2 ^ (top f - e)).
      { rewrite <- Z.pow_succ_r by lia. apply Z.pow_le_mono_r; lia. }
      nia.
Qed.

Theorem round_value n : n <> 0 ->
  if Z.abs (rounded n) <=? largest f * 2 ^ (top f - e)
  then value (round f n e) = Some (rounded n)
  else round f n e = beyond f (n <? 0).
Proof.
  intro N. destruct (round_cases n N) as [[-> ->]|(m & v & M0 & V & M & L & Large & ->)].
  - simpl. assert (0 < 2 ^ (top f - e)) by (apply Z.pow_pos_nonneg; lia).
    assert (0 < 2 ^ (precision f - 1)) by (apply Z.pow_pos_nonneg; lia).
    destruct (Z.leb_spec 0 (largest f * 2 ^ (top f - e))); trivial. nia.
  - rewrite (within_largest m v L M Large), <- V.
    rewrite Z.abs_mul, (Z.abs_eq (2 ^ (v - e))) by (apply Z.pow_nonneg; lia).
    now destruct (Z.abs m * 2 ^ (v - e) <=? largest f * 2 ^ (top f - e)).
Qed.

End Format.

(* Formats in which the largest number is normal, as it is in all that there are. *)
Record proper (f : format) : Prop := {
  precise : 1 <= precision f;
  normal : 2 ^ (precision f - 1) <= largest f < 2 ^ precision f;
  ordered : unit f <= top f
}.

Definition is_proper (f : format) : bool :=
  (1 <=? precision f) && (2 ^ (precision f - 1) <=? largest f) &&
  (largest f <? 2 ^ precision f) && (unit f <=? top f).

Lemma is_proper_sound f : is_proper f = true -> proper f.
Proof.
  unfold is_proper. intro H. apply andb_prop in H as [H O]. apply andb_prop in H as [H L].
  apply andb_prop in H as [P N]. split; lia.
Qed.

(* The same number with another exponent is rounded to the same. *)
Lemma nearest_even_scaled m k j : 0 <= k -> 0 <= j ->
  nearest_even (m * 2 ^ j) (k + j) = nearest_even m k.
Proof.
  intros K J. unfold nearest_even. cbv zeta.
  rewrite !Z.shiftl_mul_pow2, !Z.shiftr_div_pow2 by lia. rewrite !Z.mul_1_l, Z.pow_add_r by trivial.
  assert (P : 0 < 2 ^ j) by (apply Z.pow_pos_nonneg; lia).
  assert (Q : 0 < 2 ^ k) by (apply Z.pow_pos_nonneg; lia).
  rewrite Z.div_mul_cancel_r by lia. rewrite !Z.double_spec.
  set (q := m / 2 ^ k). set (w := 2 ^ k) in *. set (v := 2 ^ j) in *.
  replace (2 * (m * v - q * (w * v))) with (2 * (m - q * w) * v) by ring.
  rewrite <- Zmult_compare_compat_r by lia. reflexivity.
Qed.

Lemma round_shift f m c e : m <> 0 -> e <= c -> round f m c = round f (m * 2 ^ (c - e)) e.
Proof.
  intros M C. assert (P : 0 < 2 ^ (c - e)) by (apply Z.pow_pos_nonneg; lia). unfold round.
  assert (U : unit_at f (m * 2 ^ (c - e)) e = unit_at f m c).
  { unfold unit_at. rewrite Z.abs_mul, (Z.abs_eq (2 ^ (c - e))), Z.log2_mul_pow2 by lia. f_equal. lia. }
  rewrite U. set (u := unit_at f m c).
  replace (m * 2 ^ (c - e) <? 0) with (m <? 0) by (apply eq_true_iff_eq; rewrite !Z.ltb_lt; nia).
  f_equal. unfold in_units.
  destruct (Z.leb_spec u c), (Z.leb_spec u e); try lia.
  - rewrite !Z.shiftl_mul_pow2, <- Z.mul_assoc, <- Z.pow_add_r by lia. do 2 f_equal. lia.
  - rewrite Z.shiftl_mul_pow2 by lia.
    replace (c - e) with ((c - u) + (u - e)) by lia. rewrite Z.pow_add_r, Z.mul_assoc by lia.
    rewrite <- (Z.add_0_l (u - e)) at 2. rewrite nearest_even_scaled by lia.
    pose proof (nearest_even_nearest (m * 2 ^ (c - u)) 0 (m * 2 ^ (c - u)) ltac:(lia)). lia.
  - replace (u - e) with ((u - c) + (c - e)) by lia. now rewrite nearest_even_scaled by lia.
Qed.

Definition theorems := (@nearest_even_ties, @rounded_nearest, @rounded_monotone, @round_value).
Print Assumptions theorems.
