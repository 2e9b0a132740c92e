(* Layers of one coordinate freeze in the floating-point arithmetic of Floating.v.

   Chains.v is about any monotone rounding. Here the rounding is that of the networks, with signed
   zeros, infinities and NaN: h <- a h + b, each operation rounded, and the state rounded to another
   format or not. With a >= 0 the state becomes constant, with a <= 0 its period divides 2, whatever
   overflows. That a is not minus zero matters: -0 times a zero has the other sign. *)

From Coq Require Import ZArith Bool List Lia.
From Negeig Require Import Floating Network Operations Chains Rounding Order.
Import ListNotations.
Open Scope Z_scope.
Arguments Z.mul : simpl never.
Arguments Z.pow : simpl never.

(* A sequence whose steps go one way, in a bounded range, with an end that is never left. *)
Section Bounded.

Variables (X : Type) (F : X -> X) (ok : X -> Prop) (rank : X -> Z) (most : Z) (lost : X).
Hypothesis decidable : forall x y : X, {x = y} + {x <> y}.
Hypothesis F_ok : forall x, ok x -> ok (F x).
Hypothesis bounded : forall x, ok x -> Z.abs (rank x) <= most.
Hypothesis F_lost : F lost = lost.
Hypothesis distinct : forall x y, ok x -> ok y -> x <> lost -> y <> lost -> rank x = rank y -> x = y.
Hypothesis ordered_F : forall x y, ok x -> ok y -> x <> lost -> y <> lost -> F x <> lost -> F y <> lost ->
  rank x <= rank y -> rank (F x) <= rank (F y).

Lemma stops x : ok x -> exists n, forall m, (n <= m)%nat -> iterate F m x = iterate F n x.
Proof.
  intro H. set (B := Z.to_nat (2 * most + 2)).
  assert (M : 0 <= most) by (specialize (bounded x H); lia).
  assert (BZ : Z.of_nat B = 2 * most + 2) by (unfold B; lia).
  assert (O : forall n, ok (iterate F n x)) by (induction n; simpl; auto).
  assert (Search : forall n, (exists k, iterate F (S k) x = iterate F k x) \/
    forall k, (k < n)%nat -> iterate F (S k) x <> iterate F k x).
  { induction n as [|n [E|N]]; [right; lia|now left|].
    destruct (decidable (iterate F (S n) x) (iterate F n x)) as [E|D]; [left; now exists n|right].
    intros k K. destruct (Nat.eq_dec k n) as [->|]; trivial. apply N. lia. }
  destruct (Search B) as [[k E]|N]; [exists k; now apply iterate_constant|exfalso].
  assert (L : forall k, (k < B)%nat -> iterate F k x <> lost).
  { intros k K E. apply (N k K). simpl. now rewrite E. }
  assert (D : forall k, (S k < B)%nat -> rank (iterate F k x) <> rank (iterate F (S k) x)).
  { intros k K E. apply (N k); [lia|]. symmetry. apply distinct; auto; apply L; lia. }
  assert (Two : (1 < B)%nat) by lia.
  assert (Way : forall sign, sign = 1 \/ sign = -1 -> sign * rank x <= sign * rank (F x) ->
    forall k, (S k < B)%nat -> sign * rank (iterate F k x) + 1 <= sign * rank (iterate F (S k) x)).
  { intros sign S1 Up. induction k as [|k IH]; intro K.
    - pose proof (D 0%nat K). simpl in *. destruct S1 as [-> | ->]; lia.
    - specialize (IH ltac:(lia)). pose proof (D (S k) K).
      pose proof (O k). pose proof (O (S k)).
      pose proof (L k ltac:(lia)). pose proof (L (S k) ltac:(lia)). pose proof (L (S (S k)) K).
      pose proof (ordered_F (iterate F k x) (iterate F (S k) x)).
      pose proof (ordered_F (iterate F (S k) x) (iterate F k x)).
      simpl in *. destruct S1 as [-> | ->].
      + assert (rank (F (iterate F k x)) <= rank (F (F (iterate F k x)))) by auto with zarith. lia.
      + assert (rank (F (F (iterate F k x))) <= rank (F (iterate F k x))) by auto with zarith. lia. }
  assert (Far : forall sign, sign = 1 \/ sign = -1 -> sign * rank x <= sign * rank (F x) ->
    forall k, (k < B)%nat -> sign * rank x + Z.of_nat k <= sign * rank (iterate F k x)).
  { intros sign S1 Up. induction k as [|k IH]; intro K; [simpl; lia|].
    specialize (IH ltac:(lia)). pose proof (Way sign S1 Up k ltac:(lia)). lia. }
  assert (End : (pred B < B)%nat) by lia.
  pose proof (bounded x H). pose proof (bounded _ (O (pred B))).
  destruct (Z.le_gt_cases (rank x) (rank (F x))).
  - pose proof (Far 1 ltac:(auto) ltac:(lia) _ End). lia.
  - pose proof (Far (-1) ltac:(auto) ltac:(lia) _ End). lia.
Qed.

End Bounded.

Lemma number_decidable (x y : number) : {x = y} + {x <> y}.
Proof. decide equality; auto using Bool.bool_dec, Z.eq_dec. Qed.

(* What is done to a state when it is computed: nothing, or it is rounded to another format. *)
Definition stores (f s : format) (store : number -> number) : Prop :=
  s = f /\ (forall x, store x = x) \/ forall x, store x = convert s x.

Section Layer.

Variables (f s : format) (store : number -> number) (a b : number).
Hypotheses (proper_f : proper f) (proper_s : proper s) (wider : unit f <= unit s).
Hypothesis stored : stores f s store.

Definition layer_map (x : number) : number := store (affine f a b x).

(* Written with a significand, a number that is not zero has one that is not. *)
Definition written (x : number) : Prop := match x with Fin m _ => m <> 0 | _ => True end.

Lemma a_unit h : written b -> written h -> positive a \/ nonpositive a -> exists e,
  e <= unit f /\ above e b /\ enough e (unit f) a /\ above e (scaled a h).
Proof.
  intros B H A. set (exponent x := match x with Fin _ c => c | _ => 0 end).
  exists (Z.min (Z.min (unit f) (exponent b)) (exponent a + Z.min (unit f) (exponent h))).
  repeat split; try lia; destruct a as [[]|m c|t|]; try tauto; destruct b as [|n d|t'|], h as [|k p|t''|];
    simpl in *; trivial; repeat split; try lia; apply Z.neq_mul_0; lia.
Qed.

Lemma map_nan x : affine f a b x = NaN -> layer_map x = NaN.
Proof. unfold layer_map. intros ->. now destruct stored as [[-> E]|E]; rewrite E. Qed.

Lemma nan_stays : layer_map NaN = NaN.
Proof.
  apply map_nan. unfold affine. replace (multiply f a NaN) with NaN by now destruct a.
  now destruct (is_zero b), b.
Qed.

Section Unit.

Variable e : Z.
Hypotheses (units : e <= unit f) (fine_b : above e b) (room : enough e (unit f) a).

Lemma above_held x : held_by e s x -> above (unit f) x.
Proof. destruct x; simpl; trivial. lia. Qed.

Lemma map_held x : above e (scaled a x) -> held_by e s (layer_map x).
Proof.
  intro H. unfold layer_map.
  assert (K : held_by e f (affine f a b x)) by now apply affine_held.
  destruct stored as [[-> E]|E]; rewrite E; trivial.
  apply convert_held; trivial; [lia|]. destruct (affine f a b x); simpl in *; trivial. lia.
Qed.

Lemma stays_held x : positive a \/ nonpositive a -> held_by e s x -> held_by e s (layer_map x).
Proof.
  intros A H. apply map_held, (scaled_fine e (unit f)); auto using above_held;
    destruct a as [[]|m c|t|]; simpl in *; try easy; lia.
Qed.

Lemma map_order x y : held_by e s x -> held_by e s y -> x <> NaN -> y <> NaN ->
  layer_map x <> NaN -> layer_map y <> NaN -> positive a \/ nonpositive a ->
  index e s x <= index e s y ->
  (positive a -> index e s (layer_map x) <= index e s (layer_map y)) /\
  (nonpositive a -> index e s (layer_map y) <= index e s (layer_map x)).
Proof.
  intros X Y Nx Ny Fx Fy A L.
  assert (Ax : affine f a b x <> NaN) by auto using map_nan.
  assert (Ay : affine f a b y <> NaN) by auto using map_nan.
  assert (Us : e <= unit s) by lia.
  assert (B : below e x y) by now apply (index_below e s).
  destruct (affine_order e f a b x y) as [Up Down]; trivial; auto using above_held.
  assert (Fine : forall z, held_by e s z -> above e (affine f a b z)).
  { intros z Z. apply (held_fine e f units), affine_held; trivial.
    apply (scaled_fine e (unit f)); auto using above_held;
      destruct a as [[]|m c|t|]; simpl in *; try easy; lia. }
  assert (Store : forall u v, above e u -> above e v -> held_by e s (store u) -> held_by e s (store v) ->
    below e u v -> store u <> NaN -> store v <> NaN -> index e s (store u) <= index e s (store v)).
  { intros u v U V P Q O Nu Nv. apply index_below; trivial.
    destruct stored as [[_ E]|E]; rewrite !E in *; trivial. now apply convert_monotone. }
  split; intro S; apply Store; auto; try (now apply stays_held); unfold layer_map in *; auto.
Qed.

End Unit.

(* The state becomes constant where the coefficient is positive or plus zero ... *)
Theorem nonnegative_layer_freezes h : positive a -> written b -> written h ->
  exists n, forall m, (n <= m)%nat -> iterate layer_map m h = iterate layer_map n h.
Proof.
  intros A B H. destruct (a_unit h B H (or_introl A)) as (e & U & Fb & R & Fine).
  assert (Us : e <= unit s) by lia.
  destruct (stops number layer_map (held_by e s) (index e s) (2 * (largest s * 2 ^ (top s - e)) + 2) NaN) with (x := layer_map h) as [n N].
  - apply number_decidable.
  - intros x X. apply (stays_held e U Fb R); auto.
  - apply index_bound; trivial.
  - apply nan_stays.
  - apply index_injective; trivial.
  - intros x y X Y Nx Ny Fx Fy L. now apply (map_order e U Fb R x y); auto.
  - now apply (map_held e U Fb).
  - exists (S n). intros m L. destruct m as [|m]; [lia|]. simpl. rewrite <- !iterate_shift. apply N. lia.
Qed.

(* ... and has a period that divides 2 where it is negative or minus zero. *)
Theorem nonpositive_layer_period_two h : nonpositive a -> written b -> written h ->
  exists n, forall m, (n <= m)%nat -> iterate layer_map (2 + m) h = iterate layer_map m h.
Proof.
  intros A B H. destruct (a_unit h B H (or_intror A)) as (e & U & Fb & R & Fine).
  assert (Us : e <= unit s) by lia.
  set (twice x := layer_map (layer_map x)).
  assert (D : forall n x, iterate twice n x = iterate layer_map (2 * n) x).
  { induction n; intro x; trivial. simpl. rewrite IHn.
    now replace (n + S (n + 0))%nat with (S (n + (n + 0)))%nat by lia. }
  assert (Lost : forall x, twice x <> NaN -> layer_map x <> NaN).
  { intros x T E. apply T. unfold twice. rewrite E. apply nan_stays. }
  assert (Held : forall x, held_by e s x -> held_by e s (layer_map x)).
  { intros x X. apply (stays_held e U Fb R); auto. }
  destruct (stops number twice (held_by e s) (index e s) (2 * (largest s * 2 ^ (top s - e)) + 2) NaN)
    with (x := layer_map h) as [n N].
  - apply number_decidable.
  - intros x X. apply Held, Held, X.
  - apply index_bound; trivial.
  - unfold twice. now rewrite !nan_stays.
  - apply index_injective; trivial.
  - intros x y X Y Nx Ny Fx Fy L.
    apply (map_order e U Fb R (layer_map y) (layer_map x)); auto.
    now apply (map_order e U Fb R x y); auto.
  - now apply (map_held e U Fb).
  - exists (S (2 * n)). intros m L. destruct m as [|m]; [lia|].
    destruct (Nat.le_exists_sub (2 * n) m ltac:(lia)) as (d & -> & _).
    assert (E : forall k, iterate layer_map (S k) h = iterate layer_map k (layer_map h)).
    { intro k. symmetry. apply iterate_shift. }
    replace (2 + S (d + 2 * n))%nat with (S (d + 2 * S n)) by lia. rewrite !E.
    rewrite !(iterate_plus layer_map d), <- !D. now rewrite (N (S n)) by lia.
Qed.

End Layer.

(* In the networks' own terms: one layer, one coordinate, a letter that is one dense step. *)
Section Network.

Variables (f s : format) (fma : bool) (step letter : number -> number).
Hypotheses (proper_f : proper f) (proper_s : proper s) (wider : unit f <= unit s).
Hypothesis stored : stores f s (fun x => letter (step x)).

Let A := rounding f fma step letter.
Definition reads (a b : number) : list number -> list number := read A [Dense (A := A) [[a]] [b]].

Lemma reads_map a b n h :
  iterate (reads a b) n [h] = [iterate (layer_map f (fun x => letter (step x)) a b) n h].
Proof.
  induction n as [|n IH]; trivial. simpl iterate. rewrite IH.
  unfold reads, read, layer_map, affine. simpl. now destruct (is_zero b).
Qed.

Theorem nonnegative_network_has_no_parity a b h (decode : list number -> bool) :
  positive a -> written b -> written h ->
  ~ forall k, decode (iterate (reads a b) (S k) [h]) = Nat.even (S k).
Proof.
  intros P B H E.
  destruct (nonnegative_layer_freezes f s _ a b proper_f proper_s wider stored h P B H) as [n N].
  pose proof (E n) as One. pose proof (E (S n)) as Two. rewrite reads_map in One, Two.
  rewrite (N (S n)) in One by lia. rewrite (N (S (S n))) in Two by lia. rewrite One in Two.
  rewrite Nat.even_succ_succ, Nat.even_succ, <- Nat.negb_even in Two. now destruct (Nat.even n).
Qed.

Theorem nonpositive_network_period_two a b h : nonpositive a -> written b -> written h ->
  exists n, forall m, (n <= m)%nat ->
  iterate (reads a b) (2 + m) [h] = iterate (reads a b) m [h].
Proof.
  intros P B H.
  destruct (nonpositive_layer_period_two f s _ a b proper_f proper_s wider stored h P B H) as [n N].
  exists n. intros m L. rewrite !reads_map. f_equal. now apply N.
Qed.

End Network.

Definition bf16 : format := {| precision := 8; unit := -133; top := 120; largest := 255;
  has_infinity := true; has_nan := true; has_negative_zero := true |}.
Definition fp32 : format := {| precision := 24; unit := -149; top := 104; largest := 16777215;
  has_infinity := true; has_nan := true; has_negative_zero := true |}.

Lemma proper_bf16 : proper bf16.
Proof. split; simpl; lia. Qed.

Lemma proper_fp32 : proper fp32.
Proof. split; simpl; lia. Qed.

(* bf16, fp32, and operations in fp32 on a state that is stored in bf16 after each letter. *)
Theorem no_parity_in_bf16 fma a b h (decode : list number -> bool) :
  positive a -> written b -> written h ->
  ~ forall k, decode (iterate (reads bf16 fma unchanged unchanged a b) (S k) [h]) = Nat.even (S k).
Proof.
  apply (nonnegative_network_has_no_parity bf16 bf16); auto using proper_bf16.
  - simpl. lia.
  - left. now split.
Qed.

Theorem no_parity_in_fp32 fma a b h (decode : list number -> bool) :
  positive a -> written b -> written h ->
  ~ forall k, decode (iterate (reads fp32 fma unchanged unchanged a b) (S k) [h]) = Nat.even (S k).
Proof.
  apply (nonnegative_network_has_no_parity fp32 fp32); auto using proper_fp32.
  - simpl. lia.
  - left. now split.
Qed.

Theorem no_parity_in_stored_bf16 fma a b h (decode : list number -> bool) :
  positive a -> written b -> written h ->
  ~ forall k, decode (iterate (reads fp32 fma unchanged (convert bf16) a b) (S k) [h]) = Nat.even (S k).
Proof.
  apply (nonnegative_network_has_no_parity fp32 bf16); auto using proper_bf16, proper_fp32.
  - simpl. lia.
  - now right.
Qed.

(* Minus zero as a coefficient is neither: the sign of the state's zero counts letters. *)
Theorem minus_zero_has_parity fma k :
  iterate (reads bf16 fma unchanged unchanged (Zero true) (Zero false)) k [Zero false] =
  [Zero (Nat.odd k)].
Proof.
  induction k as [|k IH]; trivial. simpl iterate. rewrite IH, Nat.odd_succ, <- Nat.negb_odd.
  unfold reads, read. simpl. now destruct (Nat.odd k).
Qed.

Definition theorems := (@nonnegative_network_has_no_parity, @nonpositive_network_period_two,
  no_parity_in_bf16, no_parity_in_fp32, no_parity_in_stored_bf16, minus_zero_has_parity).
Print Assumptions theorems.
